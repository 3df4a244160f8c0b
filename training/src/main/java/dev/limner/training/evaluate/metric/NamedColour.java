package dev.limner.training.evaluate.metric;

import dev.limner.generator.image.Pixels;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Colours that captions name, and the check that an image has them: the dominant one of what is not background. */
public enum NamedColour {
    RED("red", "红色|红心|红苹果|红灯笼"),
    ORANGE("orange", "橙色|橙心"),
    YELLOW("yellow", "黄色|黄心"),
    GREEN("green", "绿色|绿心|绿叶"),
    BLUE("blue", "蓝色|蓝心"),
    PURPLE("purple", "紫色|紫心"),
    PINK("pink", "粉色|粉红色"),
    BROWN("brown", "棕色|棕心"),
    BLACK("black", "黑色|黑心|黑猫|黑旗"),
    GREY("grey|gray", "灰色|灰心"),
    WHITE("white", "白色|白心|白花|白旗");

    private static final int BACKGROUND = 238;
    private static final double LEAST_FOREGROUND = 0.01;
    private static final double LEAST_SHARE = 0.1;

    private final String english;
    private final String chinese;

    /** Words separated by a bar. */
    NamedColour(String english, String chinese) {
        this.english = english;
        this.chinese = chinese;
    }

    /** Languages whose colour words are known. */
    public static Set<String> languages() {
        return Set.of("en", "zh");
    }

    /** The one colour a caption names; nothing if it names none or several. */
    public static Optional<NamedColour> namedIn(String caption, String language) {
        Set<NamedColour> named = new HashSet<>();
        Set<String> words =
                Set.copyOf(Arrays.asList(caption.toLowerCase(Locale.ROOT).split("[^\\p{L}]+", -1)));
        for (NamedColour colour : values()) {
            boolean found = switch (language) {
                case "en" -> words(colour.english).anyMatch(words::contains);
                case "zh" -> words(colour.chinese).anyMatch(caption::contains);
                default -> false;
            };
            if (found) {
                named.add(colour);
            }
        }
        // "Pink red" in Chinese holds "red" as well.
        if (named.contains(PINK)) {
            named.remove(RED);
        }
        return named.size() == 1 ? named.stream().findFirst() : Optional.empty();
    }

    /** Colours with a hue that people agree about. */
    public static List<NamedColour> hues() {
        return List.of(RED, ORANGE, YELLOW, GREEN, BLUE, PURPLE);
    }

    /** The caption with another colour's word in place of the one it names; nothing where the words do not allow it. */
    public static Optional<String> renamed(String caption, String language, NamedColour named, NamedColour other) {
        String renamed = switch (language) {
            case "en" ->
                Pattern.compile("(?i)\\b(" + named.english + ")\\b")
                        .matcher(caption)
                        .replaceAll(first(other.english));
            // "Red heart" is one word of which the first character is the colour; "pink" has two before "colour".
            case "zh" ->
                words(named.chinese)
                        .filter(caption::contains)
                        .max(Comparator.comparingInt(String::length))
                        .map(word -> caption.replace(
                                word,
                                other.chinese.charAt(0)
                                        + (word.startsWith("粉红") ? word.substring(2) : word.substring(1))))
                        .orElse(caption);
            default -> caption;
        };
        return Optional.of(renamed)
                .filter(text -> namedIn(text, language).filter(other::equals).isPresent());
    }

    private static String first(String alternatives) {
        return alternatives.split("\\|", -1)[0];
    }

    private static Stream<String> words(String alternatives) {
        return Arrays.stream(alternatives.split("\\|", -1));
    }

    /**
     * Whether this is the image's dominant colour: for black, grey and white the commonest of the foreground; for the
     * others the commonest colourful one, and at least a tenth of the foreground, so that outlines and shading do not
     * count. Background is what is near white and connected to the border.
     */
    public boolean dominates(Pixels image) {
        boolean[] background = background(image);
        Map<NamedColour, Integer> counts = new EnumMap<>(NamedColour.class);
        int foreground = 0;
        for (int i = 0; i < background.length; i++) {
            if (!background[i]) {
                foreground++;
                counts.merge(of(image.rgb(), 3 * i), 1, Integer::sum);
            }
        }
        int mine = counts.getOrDefault(this, 0);
        if (foreground < LEAST_FOREGROUND * background.length || mine < LEAST_SHARE * foreground) {
            return false;
        }
        return counts.entrySet().stream()
                .filter(entry -> !isColourful() || entry.getKey().isColourful())
                .allMatch(entry -> entry.getValue() <= mine);
    }

    private boolean isColourful() {
        return this != BLACK && this != GREY && this != WHITE;
    }

    /** The colour of a pixel, by hue, saturation and value as people would name it. */
    static NamedColour of(byte[] rgb, int at) {
        float[] hsv = java.awt.Color.RGBtoHSB(rgb[at] & 0xFF, rgb[at + 1] & 0xFF, rgb[at + 2] & 0xFF, null);
        double hue = hsv[0] * 360;
        double saturation = hsv[1];
        double value = hsv[2];
        if (value < 0.25) {
            return BLACK;
        }
        if (saturation < 0.18) {
            // What emoji and icons call black is often a dark grey.
            return value > 0.85 ? WHITE : value < 0.55 ? BLACK : GREY;
        }
        boolean dull = value < 0.55 || (saturation < 0.68 && value < 0.76);
        if (hue >= 8 && hue < 42 && dull) {
            return BROWN;
        }
        if (hue < 18 || hue >= 335) {
            return saturation < 0.5 && value > 0.75 ? PINK : RED;
        }
        if (hue < 42) {
            return ORANGE;
        }
        if (hue < 68) {
            return YELLOW;
        }
        if (hue < 170) {
            return GREEN;
        }
        if (hue < 250) {
            return BLUE;
        }
        if (hue < 300) {
            return PURPLE;
        }
        return value > 0.75 ? PINK : PURPLE;
    }

    private static boolean[] background(Pixels image) {
        int width = image.width();
        int height = image.height();
        boolean[] background = new boolean[width * height];
        Deque<Integer> open = new ArrayDeque<>();
        for (int x = 0; x < width; x++) {
            open.add(x);
            open.add((height - 1) * width + x);
        }
        for (int y = 0; y < height; y++) {
            open.add(y * width);
            open.add(y * width + width - 1);
        }
        while (!open.isEmpty()) {
            int at = open.remove();
            if (background[at] || !isNearWhite(image.rgb(), 3 * at)) {
                continue;
            }
            background[at] = true;
            int x = at % width;
            if (x > 0) {
                open.add(at - 1);
            }
            if (x < width - 1) {
                open.add(at + 1);
            }
            if (at >= width) {
                open.add(at - width);
            }
            if (at + width < background.length) {
                open.add(at + width);
            }
        }
        return background;
    }

    private static boolean isNearWhite(byte[] rgb, int at) {
        return (rgb[at] & 0xFF) > BACKGROUND && (rgb[at + 1] & 0xFF) > BACKGROUND && (rgb[at + 2] & 0xFF) > BACKGROUND;
    }
}
