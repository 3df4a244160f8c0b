package dev.limner.trainer.data;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.generator.image.Pixels;
import dev.limner.protocol.Digests;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Data sets as WebDataset tar shards: for each picture an entry {@code KEY.png} and an entry {@code KEY.json} with
 * {@code {"captions": {"en": ["red apple", ...]}}}.
 */
public final class Shards {
    private static final long MOST_ENTRY_BYTES = 32L << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private Shards() {}

    /** Writes one gzipped shard; equal pictures in equal order give equal bytes. */
    public static void write(Path shard, List<CaptionedImage> images) {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(shard));
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            for (CaptionedImage image : images) {
                put(tar, image.key() + ".png", Pictures.toPng(image.pixels().toImage()));
                Map<String, Object> sorted = new TreeMap<>(image.captions());
                byte[] json =
                        JSON.writeValueAsString(Map.of("captions", sorted)).getBytes(StandardCharsets.UTF_8);
                put(tar, image.key() + ".json", json);
            }
        } catch (IOException e) {
            throw new DataException("the shard " + shard + " cannot be written: " + e.getMessage(), e);
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
     * Reads every {@code *.tar} and {@code *.tar.gz} of a folder.
     *
     * @param side height and width the pictures are brought to
     * @param skipped told of each entry that is left out, and why
     * @throws DataException if there is no shard or a shard is no tar file
     */
    public static DataSet read(Path folder, int side, Skipped skipped) {
        List<CaptionedImage> images = new ArrayList<>();
        StringBuilder digests = new StringBuilder();
        for (Path shard : shards(folder)) {
            try {
                digests.append(Digests.sha256(Files.readAllBytes(shard)));
                readShard(shard, side, skipped, images);
            } catch (IOException e) {
                throw new DataException("the shard " + shard + " cannot be read: " + e.getMessage(), e);
            }
        }
        String digest = Digests.sha256(digests.toString().getBytes(StandardCharsets.US_ASCII));
        return new DataSet(folder.getFileName().toString(), digest, side, images);
    }

    /** Told of what a reader leaves out. */
    @FunctionalInterface
    public interface Skipped {
        void skip(String entry, String why);
    }

    private static List<Path> shards(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> shards = files.filter(file -> file.toString().matches(".*\\.tar(\\.gz)?"))
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

    private static InputStream open(Path shard) throws IOException {
        InputStream file = Files.newInputStream(shard);
        return shard.toString().endsWith(".gz") ? new GZIPInputStream(file) : file;
    }

    private static void readShard(Path shard, int side, Skipped skipped, List<CaptionedImage> images)
            throws IOException {
        Map<String, Half> halves = new LinkedHashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new BufferedInputStream(open(shard)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = entry.getName();
                int dot = name.lastIndexOf('.');
                if (!entry.isFile() || dot < 0 || entry.getSize() > MOST_ENTRY_BYTES) {
                    skipped.skip(name, "not a picture or a caption file of at most 32 MiB");
                    continue;
                }
                Half half = halves.computeIfAbsent(name.substring(0, dot), key -> new Half());
                byte[] bytes = tar.readAllBytes();
                switch (name.substring(dot + 1)) {
                    case "png", "jpg", "jpeg" -> half.picture = bytes;
                    case "json" -> half.captions = bytes;
                    default -> skipped.skip(name, "unknown extension");
                }
            }
        }
        halves.forEach((key, half) -> half.complete(key, side, skipped, images));
    }

    /** What has been seen of one key so far. */
    private static final class Half {
        private byte @Nullable [] picture;
        private byte @Nullable [] captions;

        void complete(String key, int side, Skipped skipped, List<CaptionedImage> images) {
            if (picture == null || captions == null) {
                skipped.skip(key, picture == null ? "no picture" : "no captions");
                return;
            }
            try {
                Pixels pixels = Pictures.decode(picture, side);
                JsonNode node = JSON.readTree(captions).path("captions");
                Map<String, List<String>> byLanguage = JSON.convertValue(node, new TypeReference<>() {});
                if (byLanguage == null || byLanguage.isEmpty()) {
                    skipped.skip(key, "no captions");
                    return;
                }
                images.add(new CaptionedImage(key, pixels, byLanguage));
            } catch (IOException | IllegalArgumentException e) {
                skipped.skip(key, String.valueOf(e.getMessage()));
            }
        }
    }
}
