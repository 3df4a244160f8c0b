package dev.limner.training.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.image.Pixels;
import dev.limner.protocol.Digests;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.process.FolderLock;
import dev.limner.protocol.text.JsonBytes;
import dev.limner.protocol.text.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Brings images into a data set: checks, scales, drops what is already there, writes shards. What is there already is
 * never rewritten, so a second import of the same source changes nothing and an import of more adds a shard.
 *
 * <p>What was left out, and why, is in {@code skipped.jsonl} of the data set's folder, one line an entry of the last
 * import; what was used in a way that is worth a word, in {@code remarks.jsonl}. Both are written however the import ends.
 * Their {@code code} is for programs and stays what it is; {@code reason} and {@code remark} are for people.
 *
 * <p>An image's key is its name in the source. Names repeat, from card to card and from shard to shard, so an image whose
 * name is taken by another one gets the first digits of its pixels' digest behind it. One thread.
 */
public final class DataImport {
    private static final int SHARD_IMAGES = 10_000;
    private static final long SHARD_BYTES = 256L << 20;
    private static final int KEY_DIGITS = 8;
    private static final String REPORT = "skipped.jsonl";
    private static final String REMARKS = "remarks.jsonl";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final DataSettings settings;
    private final SubjectGroups subjects;
    private final ImportedSources sources;
    private final Map<String, String> known = new HashMap<>();
    private final Set<String> keys = new HashSet<>();
    private final List<CaptionedImage> pending = new ArrayList<>();
    private final Set<String> before = new HashSet<>();
    private final Report report = new Report();
    private final Map<Split, Integer> splits = new EnumMap<>(Split.class);
    private DataSettings written;
    private int shards;
    private int added;
    private int present;

    private DataImport(Path folder, DataSettings settings, List<DataSource> offered) {
        this.folder = folder;
        this.settings = settings;
        this.written = settings;
        this.subjects = new SubjectGroups(settings);
        this.sources = new ImportedSources(settings.sources(), offered);
    }

    /**
     * What an import did.
     *
     * @param added images that are new
     * @param present images that were there before, with the same key
     * @param splits how many images of the whole data set are for what
     * @param skipped reason to number of entries left out
     * @param remarks remark to number of entries it was made on
     */
    public record Outcome(
            int added,
            int present,
            Map<Split, Integer> splits,
            Map<SkippedEntries.Reason, Integer> skipped,
            Map<SkippedEntries.Remark, Integer> remarks) {
        public Outcome {
            splits = Map.copyOf(splits);
            skipped = Map.copyOf(skipped);
            remarks = Map.copyOf(remarks);
        }

        /** How many images of the whole data set are for this. */
        public int in(Split split) {
            return splits.getOrDefault(split, 0);
        }
    }

    /** Collects what is said of the entries. */
    private static final class Report implements SkippedEntries {
        private final List<String> skipped = new ArrayList<>();
        private final List<String> remarks = new ArrayList<>();
        private final Set<String> details = new HashSet<>();
        private final Map<SkippedEntries.Reason, Integer> skippedCounts = new EnumMap<>(SkippedEntries.Reason.class);
        private final Map<SkippedEntries.Remark, Integer> remarkCounts = new EnumMap<>(SkippedEntries.Remark.class);

        @Override
        public void skip(String entry, SkippedEntries.Reason reason, String detail) {
            skippedCounts.merge(reason, 1, Integer::sum);
            skipped.add(line(entry, reason.code(), "reason", reason.text(), detail));
            details.add(detail);
        }

        @Override
        public void remark(String entry, SkippedEntries.Remark remark, String detail) {
            remarkCounts.merge(remark, 1, Integer::sum);
            remarks.add(line(entry, remark.code(), "remark", remark.text(), detail));
        }

        private static String line(String entry, String code, String kind, String text, String detail) {
            ObjectNode line = JSON.createObjectNode();
            line.put("entry", entry);
            line.put("code", code);
            line.put(kind, text);
            if (!detail.isEmpty()) {
                line.put("detail", detail);
            }
            return new String(JsonBytes.of(line), StandardCharsets.UTF_8);
        }

        void write(Path folder) {
            try {
                Files.write(folder.resolve(REPORT), skipped);
                Files.write(folder.resolve(REMARKS), remarks);
            } catch (IOException e) {
                throw new DataException("what was left out cannot be written to " + folder + ": " + e.getMessage(), e);
            }
        }

        String complaints(Path folder) {
            if (skipped.isEmpty()) {
                return "it has no images";
            }
            String counted = skippedCounts.entrySet().stream()
                    .map(entry -> entry.getValue() + " x " + entry.getKey().text())
                    .collect(Collectors.joining(", "));
            String why = details.size() == 1 ? details.iterator().next() : "";
            return counted
                    + (why.isEmpty() ? "" : ": " + why)
                    + (why.isEmpty() || skipped.size() > 1 ? "; each of them: " + folder.resolve(REPORT) : "");
        }
    }

    /**
     * Imports a source into a folder, which becomes a data set if it is none yet.
     *
     * @param settings of a new data set; those of one that exists must be equal
     * @throws DataException if the settings contradict those of the folder, or it holds shards of others
     * @throws dev.limner.protocol.process.FolderInUseException if another import is writing to it
     */
    public static Outcome run(RawImage.Source source, Path folder, DataSettings settings) {
        try (FolderLock lock = FolderLock.exclusive(folder, "limner data import")) {
            TargetFolder target = new TargetFolder(lock.folder());
            target.prepare();
            DataSettings own = settings;
            if (!target.isEmpty()) {
                DataSettings before = DataSettings.read(folder);
                own = settings.withSources(before.sources());
                if (!before.equals(own)) {
                    throw new DataException(folder + " has " + before.text() + ", asked for " + settings.text()
                            + ": give the same, or another folder");
                }
            }
            DataImport run = new DataImport(folder, own, source.sources());
            return run.from(source);
        } catch (IOException e) {
            throw new DataException("the data set " + folder + " cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * What a folder is split by already; empty if no import has put an image there. An import must be given the same.
     *
     * @throws DataException if its {@code dataset.json} cannot be read
     */
    public static Optional<DataSettings> settingsOf(Path folder) {
        try {
            return DataSettings.in(folder) && !new TargetFolder(folder).isEmpty()
                    ? Optional.of(DataSettings.read(folder))
                    : Optional.empty();
        } catch (IOException e) {
            throw new DataException("the data set " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Refuses a source that the data set would lie in: the next import would read what this one writes.
     *
     * @throws DataException naming both
     */
    public static void requireApart(Path source, Path folder) {
        TargetFolder.requireApart(source, folder);
    }

    private Outcome from(RawImage.Source source) throws IOException {
        try {
            readPresent();
            source.read(this::take, report);
            flush();
        } catch (RuntimeException e) {
            writeReport(e);
            throw e;
        }
        report.write(folder);
        if (added + present == 0) {
            throw new DataException("nothing in the source could be used: " + report.complaints(folder));
        }
        return new Outcome(added, present, splits, report.skippedCounts, report.remarkCounts);
    }

    /** What ended the import counts for more than that its report could not be written. */
    private void writeReport(RuntimeException ended) {
        try {
            report.write(folder);
        } catch (DataException e) {
            ended.addSuppressed(e);
        }
    }

    private void readPresent() throws IOException {
        if (new TargetFolder(folder).isEmpty()) {
            return;
        }
        for (CaptionedImage image :
                ShardFiles.read(folder, settings.side(), report).images()) {
            known.put(digest(image.pixels()), image.key());
            keys.add(image.key());
            before.add(image.key());
            if (settings.splitsBySubject()) {
                subjects.remember(image);
            }
            count(image);
        }
        shards = ShardFiles.in(folder).size();
    }

    private void take(RawImage picture) {
        Map<String, List<String>> given = kept(picture, text -> !text.isBlank());
        Map<String, List<String>> captions =
                kept(picture, text -> !text.isBlank() && !TextFile.hasLostCharacters(text));
        if (captions.isEmpty()) {
            report.skip(
                    picture.place(),
                    SkippedEntries.Reason.NO_CAPTION,
                    given.isEmpty() ? "" : "but with U+FFFD, for characters lost on the way: " + given);
            return;
        }
        ImageDecoder.Decoded decoded;
        try {
            decoded = ImageDecoder.read(picture.file(), settings.side());
        } catch (IOException e) {
            report.skip(picture.place(), ImageException.reason(e), String.valueOf(e.getMessage()));
            return;
        }
        add(picture, decoded, captions);
    }

    private static Map<String, List<String>> kept(RawImage picture, Predicate<String> fine) {
        Map<String, List<String>> kept = new HashMap<>();
        picture.captions().forEach((language, texts) -> {
            List<String> mine = texts.stream().filter(fine).toList();
            if (!mine.isEmpty()) {
                kept.put(language, mine);
            }
        });
        return kept;
    }

    /** Of what a job's captions may not be, too. */
    private void remarkCaptions(RawImage picture) {
        picture.captions().values().stream().flatMap(List::stream).forEach(text -> {
            int length = text.codePointCount(0, text.length());
            if (TextFile.hasLostCharacters(text)) {
                report.remark(picture.place(), SkippedEntries.Remark.CAPTION_DAMAGED, text);
            } else if (length > JobCodec.MOST_CAPTION_CHARACTERS) {
                report.remark(
                        picture.place(),
                        SkippedEntries.Remark.CAPTION_LONG,
                        length + " characters, a job's has at most " + JobCodec.MOST_CAPTION_CHARACTERS);
            }
        });
    }

    private void count(CaptionedImage image) {
        splits.merge(settings.splitOf(image), 1, Integer::sum);
    }

    private void add(RawImage picture, ImageDecoder.Decoded decoded, Map<String, List<String>> captions) {
        String key = safe(picture.key());
        String digest = digest(decoded.pixels());
        String own = key + (key.isEmpty() ? "" : "-") + digest.substring(0, KEY_DIGITS);
        String twin = known.get(digest);
        if (twin != null) {
            if (before.contains(twin) && (twin.equals(key) || twin.equals(own))) {
                present++;
            } else {
                duplicate(picture, twin, captions);
            }
            return;
        }
        boolean free = !key.isEmpty() && !keys.contains(key);
        String mine = free ? key : own;
        if (keys.contains(mine)) {
            report.skip(picture.place(), SkippedEntries.Reason.KEY_TAKEN, mine);
            return;
        }
        Optional<CaptionedImage> placed =
                placed(picture.place(), new CaptionedImage(mine, decoded.pixels(), captions, attributes(picture)));
        if (placed.isEmpty()) {
            return;
        }
        keys.add(mine);
        known.put(digest, mine);
        if (!free) {
            report.remark(picture.place(), SkippedEntries.Remark.RENAMED, mine);
        }
        decoded.remarks().forEach(said -> report.remark(picture.place(), said.remark(), said.detail()));
        remarkCaptions(picture);
        CaptionedImage image = placed.get();
        image = image.with(image.attributes().withSource(sources.use(image.source())));
        count(image);
        pending.add(image);
        if (pending.size() == SHARD_IMAGES
                || (long) pending.size() * decoded.pixels().rgb().length >= SHARD_BYTES) {
            flush();
        }
    }

    private ImageAttributes attributes(RawImage picture) {
        ImageAttributes given = picture.attributes();
        return given.withSplit(settings.stated(given.split()));
    }

    /** Empty if there is no place for it. */
    private Optional<CaptionedImage> placed(String place, CaptionedImage image) {
        if (!settings.splitsBySubject()) {
            return Optional.of(image);
        }
        return switch (subjects.place(image)) {
            case SubjectGroups.Placement.Between(String why) -> {
                report.skip(place, SkippedEntries.Reason.BETWEEN_SPLITS, why);
                yield Optional.empty();
            }
            case SubjectGroups.Placement.Placed(CaptionedImage found, String overruled, String alike) -> {
                if (overruled != null) {
                    report.remark(place, SkippedEntries.Remark.SPLIT_OF_SUBJECT, overruled);
                }
                if (alike != null) {
                    report.remark(place, SkippedEntries.Remark.NEAR_OTHER_SPLIT, alike);
                }
                yield Optional.of(found);
            }
        };
    }

    /** One image, two names: the first one gets the other's captions as long as it is not written yet. */
    private void duplicate(RawImage picture, String twin, Map<String, List<String>> captions) {
        String place = picture.place();
        for (int i = 0; i < pending.size(); i++) {
            if (pending.get(i).key().equals(twin)) {
                Optional<String> apart = apart(picture, pending.get(i));
                if (apart.isPresent()) {
                    report.skip(place, SkippedEntries.Reason.DUPLICATE, "of " + twin + apart.get());
                    return;
                }
                pending.set(i, pending.get(i).alsoCalled(captions));
                report.skip(place, SkippedEntries.Reason.DUPLICATE, "of " + twin + ", which gets its captions");
                return;
            }
        }
        report.skip(place, SkippedEntries.Reason.DUPLICATE, "of " + twin);
    }

    /** Captions of a subject that is in another split stay there. */
    private Optional<String> apart(RawImage picture, CaptionedImage twin) {
        String subject = picture.attributes().subject();
        return subject == null || !settings.splitsBySubject()
                ? Optional.empty()
                : subjects.known(subject)
                        .filter(split -> split != settings.splitOf(twin))
                        .map(split ->
                                ", whose split is " + settings.splitOf(twin).id() + "; of the subject '" + subject
                                        + "' there are images in " + split.id());
    }

    private void flush() {
        if (!pending.isEmpty()) {
            DataSettings now = settings.withSources(sources.all());
            if (shards == 0 || !now.equals(written)) {
                // Before them: what a killed import leaves behind is a data set that the next one continues with.
                now.write(folder);
                written = now;
            }
            ShardFiles.write(new TargetFolder(folder).next(shards++), pending);
            added += pending.size();
            pending.clear();
        }
    }

    /** A key is a file name in a shard: a dot would begin its extension, a slash a folder. */
    private static String safe(String key) {
        // Some tar files call everything ./a.png.
        return key.replaceFirst("^(\\./+)+", "").replaceAll("[./\\\\]", "_");
    }

    private static String digest(Pixels pixels) {
        return Digests.sha256(pixels.rgb());
    }
}
