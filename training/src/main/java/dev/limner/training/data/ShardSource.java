package dev.limner.training.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * WebDataset tar shards, this project's own and other people's: entries of one base name belong together, an image's
 * extension being the image, {@code .txt} and {@code .caption} a caption, {@code .json} a description, {@code .cls} a
 * class. The entries of an image must follow one another, as the format demands. Links count as what they lead to.
 *
 * <p>A shard that cannot be read to its end is told of, and the next one begun.
 *
 * @param place a folder of tar files, gzipped or not, in subfolders too; or one tar file
 * @param language of captions that do not name theirs
 * @param mostEntryBytes of one entry; all of one key together may have four times as many
 */
public record ShardSource(Path place, String language, long mostEntryBytes) implements RawImage.Source {
    private static final long MOST_ENTRY_BYTES = 64L << 20;
    private static final int ENTRIES_OF_A_GROUP = 4;
    private static final Pattern SHARD =
            Pattern.compile(".*\\.(tar|tar\\.gz|tgz)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** What a data set has beside its shards. */
    private static final Pattern OWN = Pattern.compile("dataset\\.json|skipped\\.jsonl|remarks\\.jsonl");

    /** With entries of at most 64 MiB. */
    public ShardSource(Path place, String language) {
        this(place, language, MOST_ENTRY_BYTES);
    }

    /** Those of a data set of Limner's; other shards do not say, whatever else is called {@code dataset.json}. */
    @Override
    public List<DataSource> sources() {
        try {
            return place.toFile().isDirectory() && DataSettings.in(place)
                    ? DataSettings.read(place).sources()
                    : List.of();
        } catch (DataException e) {
            return List.of();
        }
    }

    @Override
    public void read(RawImage.Receiver receiver, SkippedEntries skipped) {
        for (Path shard : shards(skipped)) {
            String name = shard.equals(place)
                    ? String.valueOf(shard.getFileName())
                    : place.relativize(shard).toString();
            try {
                read(shard, name, receiver, skipped);
            } catch (IOException e) {
                skipped.skip(name, SkippedEntries.Reason.BROKEN_SHARD, TarReader.why(e));
            }
        }
    }

    private List<Path> shards(SkippedEntries skipped) {
        if (!place.toFile().isDirectory()) {
            return List.of(place);
        }
        List<Path> shards = new ArrayList<>();
        for (Path file : FolderWalk.files(place, skipped)) {
            String name = String.valueOf(file.getFileName());
            if (SHARD.matcher(name).matches()) {
                shards.add(file);
            } else if (!OWN.matcher(name).matches()) {
                skipped.skip(
                        place.relativize(file).toString(),
                        SkippedEntries.Reason.UNKNOWN_FILE,
                        "no .tar, .tar.gz or .tgz");
            }
        }
        if (shards.isEmpty()) {
            throw new DataException("the folder " + place + " holds no .tar, .tar.gz or .tgz shard");
        }
        return shards;
    }

    /**
     * Reads one shard.
     *
     * @throws IOException if it is no tar file or not all of one; what came before has been handed over
     */
    void read(Path shard, String name, RawImage.Receiver receiver, SkippedEntries skipped) throws IOException {
        Grouping grouping = new Grouping(shard, name, this, receiver, skipped);
        try {
            TarReader.walk(shard, grouping);
        } catch (IOException e) {
            grouping.finish();
            throw e;
        }
    }

    /** Collects the entries of one key until another key begins. */
    private static final class Grouping implements TarReader.Entries {
        private final Path file;
        private final String shard;
        private final String language;
        private final long mostEntryBytes;
        private final RawImage.Receiver receiver;
        private final SkippedEntries skipped;
        private @Nullable TarLinks links;
        private String key = "";
        private final Set<String> extensions = new HashSet<>();
        private long bytes;

        /** Whether an image of this key was left out, which has been said. */
        private boolean without;

        private final List<Image> images = new ArrayList<>();
        private Map<String, byte[]> texts = new LinkedHashMap<>();

        /** A name that differs from the key in the form of its accents alone: if an image bears it, so do these texts. */
        private String otherForm = "";

        private final Map<String, byte[]> otherTexts = new LinkedHashMap<>();

        private record Image(String entry, byte[] file) {}

        /** An entry's name, parted. */
        private record Name(String base, String extension, boolean image) {
            static @Nullable Name of(String name) {
                int start = name.lastIndexOf('/') + 1;
                if (ImageFileNames.isResourceFork(name.substring(start))) {
                    return null;
                }
                int first = name.indexOf('.', start);
                int last = name.lastIndexOf('.');
                for (int dot : new int[] {first, last}) {
                    if (dot >= start) {
                        String extension = name.substring(dot + 1).toLowerCase(Locale.ROOT);
                        boolean image = ImageFileNames.isImage(extension);
                        if (image || CaptionParser.isDescription(extension)) {
                            return new Name(name.substring(0, dot), extension, image);
                        }
                    }
                }
                return null;
            }

            /** As {@link #of(String)}, and an image of another name by its bytes. */
            static @Nullable Name of(String name, InputStream content) throws IOException {
                Name known = of(name);
                int start = name.lastIndexOf('/') + 1;
                if (known != null || ImageFileNames.isResourceFork(name.substring(start))) {
                    return known;
                }
                content.mark(ImageFileFormat.HEAD);
                byte[] head = content.readNBytes(ImageFileFormat.HEAD);
                content.reset();
                int dot = name.indexOf('.', start);
                return !ImageFileFormat.isImage(head)
                        ? null
                        : dot < 0
                                ? new Name(name, "", true)
                                : new Name(name.substring(0, dot), name.substring(dot + 1), true);
            }
        }

        Grouping(Path file, String shard, ShardSource source, RawImage.Receiver receiver, SkippedEntries skipped) {
            this.file = file;
            this.shard = shard;
            this.language = source.language();
            this.mostEntryBytes = source.mostEntryBytes();
            this.receiver = receiver;
            this.skipped = skipped;
        }

        @Override
        public void take(String entry, long size, InputStream content) throws IOException {
            Name name = Name.of(entry, content);
            if (name == null) {
                skip(entry, SkippedEntries.Reason.UNKNOWN_FILE, size + " bytes");
            } else if (fits(entry, name, size)) {
                add(entry, name, content.readAllBytes());
            }
        }

        @Override
        public void link(String entry, String target, boolean symbolic) {
            Name name = Name.of(entry);
            if (name == null) {
                skip(entry, SkippedEntries.Reason.UNKNOWN_FILE, "a link to " + target);
                return;
            }
            if (links == null) {
                links = TarLinks.of(file);
            }
            byte[] content = links.follow(entry);
            if (content == null) {
                begin(name);
                without |= name.image();
                skip(entry, SkippedEntries.Reason.BROKEN_LINK, "to " + target + ", which is no file of this shard");
            } else if (fits(entry, name, content.length)) {
                add(entry, name, content);
            }
        }

        @Override
        public void end() {
            finish();
        }

        @Override
        public void other(String entry) {
            skip(entry, SkippedEntries.Reason.UNKNOWN_FILE, "neither a file nor a link");
        }

        private void skip(String entry, SkippedEntries.Reason reason, String detail) {
            skipped.skip(shard + ":" + entry, reason, detail);
        }

        private void begin(Name name) {
            boolean theirs = name.image() && name.base().equals(otherForm);
            // Names repeat where one file's last image is called as the next one's first.
            if (theirs
                    || !ImagePaths.composed(name.base()).equals(ImagePaths.composed(key))
                    || !extensions.add(name.extension())) {
                Map<String, byte[]> before = theirs ? new LinkedHashMap<>(otherTexts) : Map.of();
                if (theirs) {
                    otherTexts.clear();
                }
                finish();
                texts.putAll(before);
                extensions.addAll(before.keySet());
                extensions.add(name.extension());
                key = name.base();
            }
        }

        private boolean fits(String entry, Name name, long size) {
            begin(name);
            if (size > mostEntryBytes) {
                without |= name.image();
                skip(entry, SkippedEntries.Reason.TOO_LARGE, size + " bytes, at most " + mostEntryBytes);
                return false;
            }
            long mostOfGroup = ENTRIES_OF_A_GROUP * mostEntryBytes;
            if (bytes + size > mostOfGroup) {
                without |= name.image();
                String together = (bytes + size) + " bytes with the entries before it of the same name";
                skip(entry, SkippedEntries.Reason.TOO_LARGE, together + ", at most " + mostOfGroup);
                return false;
            }
            return true;
        }

        private void add(String entry, Name name, byte[] content) {
            bytes += content.length;
            if (name.image()) {
                images.add(new Image(entry, content));
            } else if (images.isEmpty() || name.base().equals(key)) {
                texts.put(name.extension(), content);
            } else {
                otherTexts.put(name.extension(), content);
                otherForm = name.base();
            }
        }

        void finish() {
            otherTexts.forEach(texts::putIfAbsent);
            otherTexts.clear();
            otherForm = "";
            if (images.isEmpty() && !texts.isEmpty() && !without) {
                skip(
                        key,
                        SkippedEntries.Reason.NO_PICTURE,
                        "next to it: the entries of an image must follow one another");
            }
            images.forEach(this::hand);
            images.clear();
            texts = new LinkedHashMap<>();
            extensions.clear();
            without = false;
            bytes = 0;
        }

        private void hand(Image image) {
            CaptionParser captions = new CaptionParser(language);
            RawImage described;
            try {
                texts.forEach((extension, text) -> captions.add(extension, text, key + "." + extension));
                described = captions.describe(shard + ":" + image.entry(), key, image.file());
            } catch (DataException e) {
                skip(image.entry(), SkippedEntries.Reason.MALFORMED, String.valueOf(e.getMessage()));
                return;
            }
            captions.remark(described.place(), skipped);
            receiver.take(described);
        }
    }
}
