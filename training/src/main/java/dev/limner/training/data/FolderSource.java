package dev.limner.training.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A folder of image files, with subfolders and through links. Captions come from {@code metadata.jsonl} or
 * {@code metadata.csv} in the folder or any subfolder (see {@link MetadataList}), and from {@code NAME.txt},
 * {@code NAME.caption}, {@code NAME.json} or {@code NAME.cls} beside {@code NAME.png}; {@code NAME.png.txt} is as good.
 *
 * <p>Where images are from, and under which terms, stands in {@code sources.json} of the folder: a list of
 * {@link DataSource}s, which images name by their {@code source}.
 *
 * @param folder where the images are
 * @param language of captions that do not name theirs
 * @param mostImageBytes of one file
 */
public record FolderSource(Path folder, String language, long mostImageBytes) implements RawImage.Source {
    private static final String SOURCES = "sources.json";
    private static final long MOST_IMAGE_BYTES = 512L << 20;
    private static final long MOST_DESCRIPTION_BYTES = 16L << 20;

    /** In the order in which their captions count. */
    private static final List<String> DESCRIPTIONS = List.of("txt", "caption", "json", "cls");

    /** With images of at most 512 MiB. */
    public FolderSource(Path folder, String language) {
        this(folder, language, MOST_IMAGE_BYTES);
    }

    @Override
    public List<DataSource> sources() {
        Path file = folder.resolve(SOURCES);
        return Files.isRegularFile(file) ? DataSource.list(file) : List.of();
    }

    @Override
    public void read(RawImage.Receiver receiver, SkippedEntries skipped) {
        new Reading(this, receiver, skipped).run();
    }

    private static final class Reading {
        private final Path folder;
        private final String language;
        private final long mostImageBytes;
        private final RawImage.Receiver receiver;
        private final SkippedEntries skipped;
        private final List<Path> images = new ArrayList<>();
        private final List<Path> listings = new ArrayList<>();
        private final Map<String, List<Path>> descriptions = new HashMap<>();
        private final Set<String> stems = new HashSet<>();
        private final Set<Path> unused = new LinkedHashSet<>();

        Reading(FolderSource source, RawImage.Receiver receiver, SkippedEntries skipped) {
            this.folder = source.folder();
            this.language = source.language();
            this.mostImageBytes = source.mostImageBytes();
            this.receiver = receiver;
            this.skipped = skipped;
        }

        void run() {
            FolderWalk.files(folder, skipped).forEach(this::sort);
            for (Path image : images) {
                String name = ImagePaths.name(folder, image);
                stems.add(name);
                stems.add(stem(name));
            }
            MetadataList listing = new MetadataList(folder, language, new ImagePaths(folder, images), skipped);
            listings.forEach(listing::read);
            for (Path image : images) {
                hand(image, listing);
            }
            unused.forEach(
                    file -> skipped.skip(ImagePaths.name(folder, file), SkippedEntries.Reason.NO_PICTURE, "beside it"));
        }

        private void sort(Path file) {
            String name = ImagePaths.name(folder, file);
            String extension = extension(name);
            if (ImageFileNames.isResourceFork(String.valueOf(file.getFileName()))) {
                skipped.skip(name, SkippedEntries.Reason.UNKNOWN_FILE, "a resource fork of macOS");
            } else if (MetadataList.isListing(file)) {
                listings.add(file);
            } else if (!name.equals(SOURCES)) {
                sortOther(file, name, extension);
            }
        }

        private void sortOther(Path file, String name, String extension) {
            if (ImageFileNames.isImage(extension)) {
                images.add(file);
            } else if (CaptionParser.isDescription(extension)) {
                descriptions
                        .computeIfAbsent(ImagePaths.composed(stem(name)), key -> new ArrayList<>())
                        .add(file);
                unused.add(file);
            } else {
                sortByBytes(file, name, extension);
            }
        }

        private void sortByBytes(Path file, String name, String extension) {
            try (InputStream in = Files.newInputStream(file)) {
                if (ImageFileFormat.isImage(in.readNBytes(ImageFileFormat.HEAD))) {
                    images.add(file);
                } else {
                    skipped.skip(
                            name,
                            SkippedEntries.Reason.UNKNOWN_FILE,
                            switch (extension) {
                                case "parquet" -> "write its captions as metadata.jsonl or metadata.csv";
                                case "tar", "tgz", "gz" -> "limner data import webdataset reads shards";
                                default -> "";
                            });
                }
            } catch (IOException e) {
                skipped.skip(name, SkippedEntries.Reason.CLOSED, String.valueOf(e));
            }
        }

        private static String extension(String name) {
            return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        }

        private static String stem(String name) {
            int dot = name.lastIndexOf('.');
            return dot < name.lastIndexOf('/') + 1 ? name : name.substring(0, dot);
        }

        private void hand(Path file, MetadataList listing) {
            String name = ImagePaths.name(folder, file);
            RawImage described;
            CaptionParser captions = Objects.requireNonNullElseGet(listing.of(name), () -> new CaptionParser(language));
            try {
                for (Map.Entry<Path, String> text : beside(name).entrySet()) {
                    unused.remove(text.getKey());
                    String beside = text.getKey().getFileName().toString();
                    long size = Files.size(text.getKey());
                    if (size > MOST_DESCRIPTION_BYTES) {
                        throw new DataException(
                                beside + " has " + size + " bytes, a caption's file at most " + MOST_DESCRIPTION_BYTES);
                    }
                    captions.add(text.getValue(), Files.readAllBytes(text.getKey()), beside);
                }
                long size = Files.size(file);
                if (size > mostImageBytes) {
                    skipped.skip(name, SkippedEntries.Reason.TOO_LARGE, size + " bytes, at most " + mostImageBytes);
                    return;
                }
                described = captions.describe(name, stem(name), Files.readAllBytes(file));
            } catch (DataException e) {
                skipped.skip(name, SkippedEntries.Reason.MALFORMED, String.valueOf(e.getMessage()));
                return;
            } catch (IOException e) {
                skipped.skip(name, SkippedEntries.Reason.CLOSED, String.valueOf(e));
                return;
            }
            captions.remark(name, skipped);
            receiver.take(described);
        }

        /** Description files of an image and what they are. */
        private Map<Path, String> beside(String name) {
            Map<Path, String> found = new LinkedHashMap<>();
            for (String extension : DESCRIPTIONS) {
                for (String stem : List.of(stem(name), name)) {
                    mine(stem, extension).forEach(file -> found.put(file, extension));
                }
            }
            return found;
        }

        /** Of one accented name in two forms each image has its own; one form alone goes with the other. */
        private List<Path> mine(String stem, String extension) {
            List<Path> same = descriptions.getOrDefault(ImagePaths.composed(stem), List.of()).stream()
                    .filter(file -> extension(file.toString()).equals(extension))
                    .toList();
            List<Path> exact = same.stream()
                    .filter(file -> stem(ImagePaths.name(folder, file)).equals(stem))
                    .toList();
            return exact.isEmpty()
                    ? same.stream()
                            .filter(file -> !stems.contains(stem(ImagePaths.name(folder, file))))
                            .toList()
                    : exact;
        }
    }
}
