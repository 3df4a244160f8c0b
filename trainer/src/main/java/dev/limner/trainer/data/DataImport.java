package dev.limner.trainer.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.image.Pixels;
import dev.limner.protocol.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Brings pictures into a data set: checks, scales, drops what is already there, writes shards. What is there already is
 * never rewritten, so a second import of the same source changes nothing and an import of more adds a shard.
 *
 * <p>What was left out, and why, is in {@code skipped.jsonl} of the data set's folder, one line an entry of the last
 * import. One thread.
 */
public final class DataImport {
    private static final int SHARD_PICTURES = 10_000;
    private static final String REPORT = "skipped.jsonl";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final DataSettings settings;
    private final Map<String, String> known = new HashMap<>();
    private final Set<String> keys = new HashSet<>();
    private final List<CaptionedImage> pending = new ArrayList<>();
    private final List<String> report = new ArrayList<>();
    private final Map<Skipped.Reason, Integer> counts = new EnumMap<>(Skipped.Reason.class);
    private int shards;
    private int added;
    private int present;

    private DataImport(Path folder, DataSettings settings) {
        this.folder = folder;
        this.settings = settings;
    }

    /**
     * What an import did.
     *
     * @param added pictures that are new
     * @param present pictures that were there before, with the same key
     * @param skipped reason to number of entries left out
     */
    public record Outcome(int added, int present, Map<Skipped.Reason, Integer> skipped) {
        public Outcome {
            skipped = Map.copyOf(skipped);
        }
    }

    /**
     * Imports a source into a folder, which becomes a data set if it is none yet.
     *
     * @param settings of a new data set; those of one that exists must be equal
     * @throws DataException if the settings contradict those of the folder
     */
    public static Outcome run(RawPicture.Source source, Path folder, DataSettings settings) {
        try {
            Files.createDirectories(folder);
            if (DataSettings.in(folder)) {
                DataSettings before = DataSettings.read(folder);
                if (!before.equals(settings)) {
                    throw new DataException(folder + " has " + describe(before) + ", asked for " + describe(settings)
                            + ": give the same, or another folder");
                }
            }
            DataImport run = new DataImport(folder, settings);
            run.readPresent();
            source.read(run::take, run::skip);
            run.flush();
            if (run.added + run.present == 0) {
                throw new DataException("nothing in the source could be used: " + run.complaints());
            }
            settings.write(folder);
            Files.write(folder.resolve(REPORT), run.report, StandardCharsets.UTF_8);
            return new Outcome(run.added, run.present, run.counts);
        } catch (IOException e) {
            throw new DataException("the data set " + folder + " cannot be written: " + e.getMessage(), e);
        }
    }

    private String complaints() {
        return counts.isEmpty()
                ? "it has no pictures"
                : counts.entrySet().stream()
                        .map(entry -> entry.getValue() + " x " + entry.getKey().text())
                        .collect(Collectors.joining(", "));
    }

    private static String describe(DataSettings settings) {
        return "side " + settings.side() + " and " + settings.heldOutPercent() + " percent held out";
    }

    private void readPresent() {
        if (!DataSettings.in(folder)) {
            return;
        }
        for (CaptionedImage image :
                Shards.read(folder, settings.side(), this::skip).images()) {
            known.put(digest(image.pixels()), image.key());
            keys.add(image.key());
        }
        shards = Shards.in(folder).size();
    }

    private void take(RawPicture picture) {
        String key = safe(picture.key());
        Map<String, List<String>> captions = picture.captions().entrySet().stream()
                .filter(entry -> entry.getValue().stream().anyMatch(text -> !text.isBlank()))
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> entry.getValue().stream()
                                .filter(text -> !text.isBlank())
                                .toList()));
        if (captions.isEmpty()) {
            skip(picture.key(), Skipped.Reason.NO_CAPTION, "");
            return;
        }
        Pixels pixels;
        try {
            pixels = Pictures.decode(picture.file(), settings.side());
        } catch (IOException e) {
            skip(picture.key(), Skipped.Reason.UNREADABLE, String.valueOf(e.getMessage()));
            return;
        }
        String twin = known.putIfAbsent(digest(pixels), key);
        if (twin != null) {
            if (twin.equals(key)) {
                present++;
            } else {
                duplicate(picture.key(), twin, captions);
            }
            return;
        }
        if (!keys.add(key)) {
            skip(picture.key(), Skipped.Reason.DUPLICATE, "another picture has this key already");
            return;
        }
        pending.add(new CaptionedImage(key, pixels, captions, picture.label(), picture.split()));
        if (pending.size() == SHARD_PICTURES) {
            flush();
        }
    }

    /** One picture, two names: the first one gets the other's captions as long as it is not written yet. */
    private void duplicate(String key, String twin, Map<String, List<String>> captions) {
        for (int i = 0; i < pending.size(); i++) {
            if (pending.get(i).key().equals(twin)) {
                pending.set(i, pending.get(i).alsoCalled(captions));
                skip(key, Skipped.Reason.DUPLICATE, "of " + twin + ", which gets its captions");
                return;
            }
        }
        skip(key, Skipped.Reason.DUPLICATE, "of " + twin);
    }

    private void flush() {
        if (!pending.isEmpty()) {
            String name = String.format(
                    Locale.ROOT,
                    "%s-%06d.tar.gz",
                    folder.toAbsolutePath().normalize().getFileName(),
                    shards++);
            Shards.write(folder.resolve(name), pending);
            added += pending.size();
            pending.clear();
        }
    }

    private void skip(String entry, Skipped.Reason reason, String detail) {
        counts.merge(reason, 1, Integer::sum);
        ObjectNode line = JSON.createObjectNode();
        line.put("entry", entry);
        line.put("reason", reason.text());
        if (!detail.isEmpty()) {
            line.put("detail", detail);
        }
        report.add(line.toString());
    }

    /** A key is a file name in a shard: a dot would begin its extension, a slash a folder. */
    private static String safe(String key) {
        return key.replaceAll("[./\\\\]", "_");
    }

    private static String digest(Pixels pixels) {
        return Digests.sha256(pixels.rgb());
    }
}
