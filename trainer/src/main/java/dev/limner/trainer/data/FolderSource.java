package dev.limner.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.protocol.text.Entry;
import dev.limner.protocol.text.JsonLines;
import dev.limner.protocol.text.TextException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of picture files, with subfolders. Captions come from {@code metadata.jsonl} in the folder (a line a picture:
 * {@code {"file_name": "a.png", "text": "red apple"}}; several lines for one file add up), and from {@code NAME.txt},
 * {@code NAME.json} or {@code NAME.cls} beside {@code NAME.png}.
 *
 * @param folder where the pictures are
 * @param language of captions that do not name theirs
 */
public record FolderSource(Path folder, String language) implements RawPicture.Source {
    private static final String METADATA = "metadata.jsonl";
    private static final List<String> DESCRIPTIONS = List.of("txt", "json", "cls");

    @Override
    public void read(RawPicture.Receiver receiver, Skipped skipped) {
        Map<String, Captions> listed = metadata(skipped);
        for (Path file : files()) {
            String name = folder.relativize(file).toString().replace('\\', '/');
            String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            if (PictureFiles.isPicture(extension)) {
                hand(file, name, listed.remove(name), receiver, skipped);
            } else if (!Captions.isDescription(extension) && !name.equals(METADATA)) {
                skipped.skip(name, Skipped.Reason.UNKNOWN_FILE, "");
            }
        }
        listed.keySet().forEach(name -> skipped.skip(name, Skipped.Reason.NO_PICTURE, "named in " + METADATA));
    }

    private void hand(
            Path file, String name, @Nullable Captions listed, RawPicture.Receiver receiver, Skipped skipped) {
        Captions captions = listed == null ? new Captions(language) : listed;
        String base = name.substring(0, name.lastIndexOf('.'));
        try {
            for (String extension : DESCRIPTIONS) {
                Path beside = folder.resolve(base + "." + extension);
                if (Files.exists(beside)) {
                    captions.add(extension, Files.readAllBytes(beside), base + "." + extension);
                }
            }
            receiver.take(captions.describe(base, Files.readAllBytes(file)));
        } catch (DataException e) {
            skipped.skip(name, Skipped.Reason.MALFORMED, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            skipped.skip(name, Skipped.Reason.UNREADABLE, String.valueOf(e));
        }
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new DataException("the folder " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** File name to what the metadata file says of it. */
    private Map<String, Captions> metadata(Skipped skipped) {
        Map<String, Captions> listed = new LinkedHashMap<>();
        Path file = folder.resolve(METADATA);
        if (!Files.exists(file)) {
            return listed;
        }
        try {
            for (Entry entry : JsonLines.OF_DATA.read(Files.readAllBytes(file), file.toString())) {
                line(METADATA + ":" + entry.line(), entry, listed, skipped);
            }
        } catch (TextException e) {
            throw new DataException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e.getMessage(), e);
        }
        return listed;
    }

    private void line(String where, Entry entry, Map<String, Captions> listed, Skipped skipped) {
        try {
            switch (entry) {
                case Entry.Json(int line, JsonNode node) -> {
                    String name = node.path("file_name").asText();
                    if (name.isEmpty()) {
                        throw new DataException("file_name is missing in " + node);
                    }
                    listed.computeIfAbsent(name, key -> new Captions(language)).add(node);
                }
                case Entry.Plain(int line, String text) -> throw new DataException("no JSON object: " + text);
                case Entry.Fault(int line, String reason) -> throw new DataException(reason);
            }
        } catch (DataException e) {
            skipped.skip(where, Skipped.Reason.MALFORMED, String.valueOf(e.getMessage()));
        }
    }
}
