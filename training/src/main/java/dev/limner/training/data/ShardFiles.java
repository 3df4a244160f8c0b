package dev.limner.training.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.protocol.Digests;
import dev.limner.protocol.text.JsonBytes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Data sets as WebDataset tar shards: for each image an entry {@code KEY.png} and an entry {@code KEY.json} with
 * {@code {"captions": {"en": ["red apple", ...]}}} and, where known, {@code "label"}, {@code "split"}, {@code "subject"},
 * {@code "style"}, {@code "role"} and {@code "source"}; beside the shards {@code dataset.json}.
 */
public final class ShardFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What is read as a shard of a data set. */
    static final Pattern FILE = Pattern.compile(".*\\.(tar|tar\\.gz|tgz)", Pattern.DOTALL);

    private ShardFiles() {}

    /** Writes one gzipped shard, visible only when whole; equal images in equal order give equal bytes. */
    public static void write(Path shard, List<CaptionedImage> images) {
        Path temporary = shard.resolveSibling(shard.getFileName() + ".tmp");
        try {
            try (TarArchiveOutputStream tar = new TarArchiveOutputStream(
                    new GZIPOutputStream(new BufferedOutputStream(Files.newOutputStream(temporary))), "UTF-8")) {
                // A name of more than 100 bytes is 34 Chinese characters; the writer refuses it unless told otherwise.
                tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
                for (CaptionedImage image : images) {
                    put(
                            tar,
                            image.key() + ".png",
                            ImageDecoder.toPng(image.pixels().toImage()));
                    put(tar, image.key() + ".json", describe(image));
                }
            }
            Files.move(temporary, shard, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            remove(temporary, e);
            throw new DataException("the shard " + shard + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** Half a shard is of no use to anybody, and keeps a full disk full. */
    private static void remove(Path temporary, IOException cause) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static byte[] describe(CaptionedImage image) {
        ObjectNode node = JSON.createObjectNode();
        Map<String, Object> sorted = new TreeMap<>(image.captions());
        node.set("captions", JSON.valueToTree(sorted));
        ImageAttributes attributes = image.attributes();
        put(node, "label", attributes.label());
        put(
                node,
                "split",
                attributes.split() == null ? null : attributes.split().id());
        put(node, "subject", attributes.subject());
        put(node, "style", attributes.style());
        put(node, "role", attributes.role());
        put(node, "source", attributes.source());
        return JsonBytes.of(node);
    }

    private static void put(ObjectNode node, String key, @Nullable String value) {
        if (value != null) {
            node.put(key, value);
        }
    }

    private static void put(TarArchiveOutputStream tar, String name, byte[] bytes) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes.length);
        entry.setModTime(0L);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    /**
     * Reads a data set.
     *
     * @param side height and width the images are brought to
     * @param skipped told of each entry that is left out, and why
     * @throws DataException if the folder is no data set or a shard is no tar file or not all of one
     */
    public static DataSet read(Path folder, int side, SkippedEntries skipped) {
        DataSettings settings = DataSettings.read(folder);
        List<CaptionedImage> images = new ArrayList<>();
        StringBuilder digests = new StringBuilder(
                settings.splitsBySubject()
                        ? "validation " + settings.validationPercent() + " test " + settings.testPercent() + " "
                        : "held out " + settings.testPercent());
        for (Path shard : in(folder)) {
            digests.append(digest(shard));
            try {
                new ShardSource(shard, "en")
                        .read(
                                shard,
                                String.valueOf(shard.getFileName()),
                                picture -> decode(picture, side, settings, skipped, images),
                                skipped);
            } catch (IOException e) {
                throw new DataException(shard + " cannot be read as a tar file: " + TarReader.why(e), e);
            }
        }
        String digest = Digests.sha256(digests.toString().getBytes(StandardCharsets.US_ASCII));
        return new DataSet(TargetFolder.nameOf(folder), digest, side, settings, images);
    }

    private static void decode(
            RawImage picture, int side, DataSettings settings, SkippedEntries skipped, List<CaptionedImage> images) {
        try {
            Split split = settings.stated(picture.attributes().split());
            if (split == null && side != settings.side() && !settings.splitsBySubject()) {
                // The pixels that decide are those of the set, or a training of another size would learn what it holds
                // out.
                split = Split.of(ImageDecoder.decode(picture.file(), settings.side()), settings.testPercent());
            }
            images.add(new CaptionedImage(
                    picture.key(),
                    ImageDecoder.decode(picture.file(), side),
                    picture.captions(),
                    picture.attributes().withSplit(split)));
        } catch (IOException e) {
            skipped.skip(picture.place(), ImageException.reason(e), String.valueOf(e.getMessage()));
        }
    }

    /** The shards of a folder, by name. */
    static List<Path> in(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> shards = files.filter(
                            file -> FILE.matcher(file.toString()).matches())
                    .sorted()
                    .toList();
            if (shards.isEmpty()) {
                throw new DataException("the data folder " + folder + " holds no .tar or .tar.gz shard");
            }
            return shards;
        } catch (IOException e) {
            throw new DataException("the data folder " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String digest(Path shard) {
        try (InputStream in = Files.newInputStream(shard)) {
            return Digests.sha256(in.readAllBytes());
        } catch (IOException e) {
            throw new DataException("the shard " + shard + " cannot be read: " + e.getMessage(), e);
        }
    }
}
