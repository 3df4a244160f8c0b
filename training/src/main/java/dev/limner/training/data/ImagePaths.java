package dev.limner.training.data;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the images of a folder by the names that lists give them: written elsewhere, with another separator, another
 * form of the same accented letters, or another case.
 */
final class ImagePaths {
    private final Path folder;
    private final Set<String> exact = new HashSet<>();
    private final Map<String, List<String>> composed = new HashMap<>();
    private final Map<String, List<String>> folded = new HashMap<>();

    ImagePaths(Path folder, List<Path> images) {
        this.folder = folder;
        for (Path image : images) {
            String place = name(folder, image);
            exact.add(place);
            composed.computeIfAbsent(composed(place), key -> new ArrayList<>()).add(place);
            folded.computeIfAbsent(folded(place), key -> new ArrayList<>()).add(place);
        }
    }

    /**
     * @param place an image's path from the folder
     * @param guessed whether its name is written so differently that two files could bear the two names
     */
    record Found(String place, boolean guessed) {}

    /** A file's path from a folder, with slashes, and unlike that of any other file. */
    static String name(Path folder, Path file) {
        return RawNames.relative(folder, file).replace(File.separatorChar, '/');
    }

    /** With every accented letter as one. */
    static String composed(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    private static String folded(String name) {
        return composed(name).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    /** @return null if there is none, or if there are several and nothing says which */
    @Nullable
    Found find(Path list, String written) {
        for (String name : List.of(written, written.replace('\\', '/'))) {
            String place = place(list, name);
            if (place == null) {
                continue;
            }
            if (exact.contains(place)) {
                return new Found(place, false);
            }
            Found found = only(composed, ImagePaths::composed, place, false);
            if (found == null) {
                found = only(folded, ImagePaths::folded, place, true);
            }
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable Found only(
            Map<String, List<String>> places, UnaryOperator<String> form, String place, boolean guessed) {
        List<String> all = places.getOrDefault(form.apply(place), List.of());
        return all.size() == 1 ? new Found(all.get(0), guessed) : null;
    }

    private @Nullable String place(Path list, String name) {
        try {
            Path file = list.resolveSibling(name).normalize();
            Path normal = folder.normalize();
            if (file.startsWith(normal)) {
                return name(normal, file);
            }
            // A name with a root of its own may go with a folder that was given without.
            Path absolute = folder.toAbsolutePath().normalize();
            return file.startsWith(absolute) ? name(absolute, file) : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
