package dev.limner.training.data.icon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataSource;
import dev.limner.training.data.NpmPackage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * An icon set as Iconify publishes them on npm: {@code info.json} says whose it is, {@code icons.json} holds the drawings,
 * {@code metadata.json}, where there is one, the categories.
 *
 * @param source whose icons, and under which terms; its id is the prefix of the set
 * @param icons in the order of the set
 */
record IconSet(DataSource source, List<Icon> icons) {
    private static final String INFO = "info.json";
    private static final String ICONS = "icons.json";
    private static final String METADATA = "metadata.json";
    private static final String MANIFEST = "package.json";
    private static final Set<String> FILES = Set.of(INFO, ICONS, METADATA, MANIFEST);
    private static final double DEFAULT_SIDE = 16;
    private static final double MOST_SIDE = 100_000;

    /**
     * One icon.
     *
     * @param name as in {@code account-off-outline}
     * @param svg the whole drawing, in a square
     * @param others its other names
     * @param categories as the set's makers call them
     * @param withdrawn whether its makers no longer have it
     */
    record Icon(String name, String svg, List<String> others, List<String> categories, boolean withdrawn) {
        /** Whether it is the mark of a company, which its licence does not cover. */
        boolean isTrademark() {
            return name.startsWith("brand-")
                    || name.startsWith("logo-")
                    || name.startsWith("logos-")
                    || categories.stream().anyMatch(IconSet::isOfTrademarks);
        }
    }

    IconSet {
        icons = List.copyOf(icons);
    }

    private static boolean isOfTrademarks(String category) {
        String lower = category.toLowerCase(Locale.ROOT);
        return lower.contains("brand") || lower.contains("logo");
    }

    /**
     * Reads the package.
     *
     * @throws DataException if it is no icon set, or not one under a permissive licence
     */
    static IconSet of(NpmPackage set) {
        Map<String, byte[]> files = set.entries(FILES::contains);
        JsonNode info = set.json(files, INFO);
        DataSource source = source(set, info, files);
        if (isOfTrademarks(info.path("category").asText())) {
            throw new DataException("the icons of " + source.name() + " are companies' marks, which no licence of"
                    + " drawings covers: they are not imported");
        }
        JsonNode drawings = set.json(files, ICONS);
        Map<String, List<String>> others = others(drawings);
        Map<String, List<String>> categories =
                files.containsKey(METADATA) ? categories(set.json(files, METADATA)) : Map.of();
        List<Icon> icons = new ArrayList<>();
        drawings.path("icons").properties().forEach(entry -> {
            String name = entry.getKey();
            icons.add(new Icon(
                    name,
                    svg(entry.getValue(), drawings),
                    others.getOrDefault(name, List.of()),
                    categories.getOrDefault(name, List.of()),
                    entry.getValue().path("hidden").asBoolean()));
        });
        if (icons.isEmpty()) {
            throw new DataException(set.tarball() + " holds no icons");
        }
        return new IconSet(source, icons);
    }

    private static DataSource source(NpmPackage set, JsonNode info, Map<String, byte[]> files) {
        String prefix = info.path("prefix").asText();
        if (!prefix.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new DataException(set.tarball() + ", " + INFO + ": prefix is '" + prefix + "', must be a name");
        }
        String name = info.path("name").asText(prefix);
        String licence = info.path("license").path("spdx").asText();
        PermissiveLicences.require(name, licence);
        JsonNode author = info.path("author");
        String by = author.path("name").asText();
        return new DataSource(
                prefix,
                name,
                set.json(files, MANIFEST).path("version").asText(),
                licence,
                by.isEmpty() ? name : name + ", by " + by,
                author.path("url").asText(),
                DataSource.isShareAlike(licence));
    }

    /** Names that stand for a drawing as it is; turned and mirrored ones are other drawings, and left to their makers. */
    private static Map<String, List<String>> others(JsonNode drawings) {
        Map<String, List<String>> others = new LinkedHashMap<>();
        drawings.path("aliases").properties().forEach(alias -> {
            if (alias.getValue().size() == 1) {
                others.computeIfAbsent(alias.getValue().path("parent").asText(), key -> new ArrayList<>())
                        .add(alias.getKey());
            }
        });
        return others;
    }

    private static Map<String, List<String>> categories(JsonNode metadata) {
        Map<String, List<String>> byIcon = new LinkedHashMap<>();
        metadata.path("categories")
                .properties()
                .forEach(category -> category.getValue()
                        .forEach(icon -> byIcon.computeIfAbsent(icon.asText(), key -> new ArrayList<>())
                                .add(category.getKey())));
        return byIcon;
    }

    /** In the middle of a square; {@code currentColor} is black. */
    private static String svg(JsonNode icon, JsonNode set) {
        double width = number(icon, set, "width", DEFAULT_SIDE);
        double height = number(icon, set, "height", DEFAULT_SIDE);
        double side = Math.max(width, height);
        double left = number(icon, set, "left", 0) - (side - width) / 2;
        double top = number(icon, set, "top", 0) - (side - height) / 2;
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"" + side
                + "\" height=\"" + side + "\" viewBox=\"" + left + " " + top + " " + side + " " + side + "\">"
                + icon.path("body").asText() + "</svg>";
    }

    private static double number(JsonNode icon, JsonNode set, String key, double otherwise) {
        double number = icon.path(key).asDouble(set.path(key).asDouble(otherwise));
        return Math.clamp(number, -MOST_SIDE, MOST_SIDE);
    }
}
