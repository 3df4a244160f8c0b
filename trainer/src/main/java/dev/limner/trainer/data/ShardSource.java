package dev.limner.trainer.data;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * WebDataset tar shards, this project's own and other people's: entries of one base name belong together, {@code .png},
 * {@code .jpg}, {@code .jpeg}, {@code .gif} or {@code .bmp} being the picture, {@code .txt} a caption, {@code .json} a
 * description, {@code .cls} a class. The entries of a picture must follow one another, as the format demands.
 *
 * @param shards tar files, gzipped or not
 * @param language of captions that do not name theirs
 */
public record ShardSource(List<Path> shards, String language) implements RawPicture.Source {
    private static final long MOST_ENTRY_BYTES = 64L << 20;

    public ShardSource {
        shards = List.copyOf(shards);
    }

    /** Every shard of a folder, or a single shard. */
    public static ShardSource of(Path folderOrShard, String language) {
        return new ShardSource(
                folderOrShard.toFile().isDirectory() ? Shards.in(folderOrShard) : List.of(folderOrShard), language);
    }

    @Override
    public void read(RawPicture.Receiver receiver, Skipped skipped) {
        for (Path shard : shards) {
            Grouping grouping = new Grouping(receiver, skipped);
            Shards.walk(shard, grouping::take);
            grouping.finish();
        }
    }

    /** Collects the entries of one key until another key begins. */
    private final class Grouping {
        private final RawPicture.Receiver receiver;
        private final Skipped skipped;
        private String key = "";
        private byte @Nullable [] picture;
        private Map<String, byte[]> texts = new LinkedHashMap<>();

        Grouping(RawPicture.Receiver receiver, Skipped skipped) {
            this.receiver = receiver;
            this.skipped = skipped;
        }

        void take(String name, long size, InputStream content) throws java.io.IOException {
            int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
            String extension = dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
            boolean isPicture = PictureFiles.isPicture(extension);
            if (size > MOST_ENTRY_BYTES || (!isPicture && !Captions.isDescription(extension))) {
                skipped.skip(name, Skipped.Reason.UNKNOWN_FILE, size + " bytes");
                return;
            }
            String base = name.substring(0, dot);
            if (!base.equals(key)) {
                finish();
                key = base;
            }
            byte[] bytes = content.readAllBytes();
            if (isPicture) {
                picture = bytes;
            } else {
                texts.put(extension, bytes);
            }
        }

        void finish() {
            if (picture == null && !texts.isEmpty()) {
                skipped.skip(key, Skipped.Reason.NO_PICTURE, "");
            } else if (picture != null) {
                hand(picture);
            }
            picture = null;
            texts = new LinkedHashMap<>();
        }

        private void hand(byte[] file) {
            Captions captions = new Captions(language);
            try {
                texts.forEach((extension, bytes) -> captions.add(extension, bytes, key + "." + extension));
                receiver.take(captions.describe(key, file));
            } catch (DataException e) {
                skipped.skip(key, Skipped.Reason.MALFORMED, String.valueOf(e.getMessage()));
            }
        }
    }
}
