package dev.limner.training.data.emoji;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The code points of an emoji, without the variation selectors that some packages write and others leave out.
 *
 * @param points in their order
 */
record EmojiCode(List<Integer> points) {
    private static final int VARIATION = 0xFE0F;
    private static final int JOINER = 0x200D;
    private static final int HEART = 0x2764;
    private static final int KISS_MARK = 0x1F48B;
    private static final int HANDSHAKE = 0x1F91D;
    private static final int CHRISTMAS_TREE = 0x1F384;
    private static final int SANTA = 0x1F385;
    private static final int KISS = 0x1F48F;
    private static final int COUPLE = 0x1F491;
    private static final int HOLDING_HANDS = 0x1F46B;
    private static final int FAMILY = 0x1F46A;
    private static final int PERSON = 0x1F9D1;
    private static final int CHILD = 0x1F9D2;
    private static final int FIRST_TONE = 0x1F3FB;
    private static final int LAST_TONE = 0x1F3FF;
    private static final int MOST_POINTS = 16;
    private static final int FIRST_TAG = 0xE0020;
    private static final int LAST_TAG = 0xE007E;
    private static final int END_OF_TAGS = 0xE007F;

    /** After a joiner: the signs of the sexes, red, curly, no and white hair, and the way somebody faces. */
    private static final Set<Integer> VARIANTS = Set.of(0x2640, 0x2642, 0x1F9B0, 0x1F9B1, 0x1F9B2, 0x1F9B3, 0x27A1);

    /** Where the sexes have code points of their own. */
    private static final Map<Integer, Integer> NEUTRAL = Map.ofEntries(
            Map.entry(0x1F468, PERSON),
            Map.entry(0x1F469, PERSON),
            Map.entry(0x1F466, CHILD),
            Map.entry(0x1F467, CHILD),
            Map.entry(0x1F474, 0x1F9D3),
            Map.entry(0x1F475, 0x1F9D3),
            // Prince and princess; person with crown.
            Map.entry(0x1F934, 0x1FAC5),
            Map.entry(0x1F478, 0x1FAC5),
            Map.entry(0x1F936, SANTA),
            // Pregnant.
            Map.entry(0x1F930, 0x1FAC4),
            Map.entry(0x1FAC3, 0x1FAC4),
            // Dancing.
            Map.entry(0x1F57A, 0x1F483),
            Map.entry(0x1F46C, HOLDING_HANDS),
            Map.entry(0x1F46D, HOLDING_HANDS));

    EmojiCode {
        points = List.copyOf(points);
    }

    /** @param written in hexadecimal, with dashes or underscores between code points; empty if it is something else */
    static Optional<EmojiCode> parse(String written) {
        List<Integer> points = new ArrayList<>();
        String[] parts = written.split("[-_]", MOST_POINTS + 1);
        for (String part : parts) {
            if (!part.matches("[0-9A-Fa-f]{1,6}") || parts.length > MOST_POINTS) {
                return Optional.empty();
            }
            int point = Integer.parseInt(part, 16);
            if (point != VARIATION) {
                points.add(point);
            }
        }
        if (points.isEmpty()) {
            return Optional.empty();
        }
        int last = points.get(points.size() - 1);
        if (last >= FIRST_TAG && last <= LAST_TAG) {
            // Flags of England, Scotland and Wales, whose end some packages leave out.
            points.add(END_OF_TAGS);
        }
        return Optional.of(new EmojiCode(points));
    }

    /** In lower case with dashes, as in {@code 1f468-200d-1f4bb}. */
    String text() {
        return points.stream()
                .map(point -> String.format(Locale.ROOT, "%04x", point))
                .collect(Collectors.joining("-"));
    }

    /**
     * The emoji that this one is a variant of: without skin tone, sex, hair and the way somebody faces; couples and families
     * whoever they are of. All of a family look so much alike that one must not be tested on when another was trained on.
     */
    EmojiCode family() {
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            int point = points.get(i);
            boolean joined = i + 1 < points.size() && point == JOINER;
            if (joined && VARIANTS.contains(points.get(i + 1))) {
                i++;
            } else if (point < FIRST_TONE || point > LAST_TONE || points.size() == 1) {
                kept.add(NEUTRAL.getOrDefault(point, point));
            }
        }
        return new EmojiCode(List.copyOf(merged(kept)));
    }

    private static List<Integer> merged(List<Integer> kept) {
        List<Integer> people = kept.stream().filter(point -> point != JOINER).toList();
        boolean together = people.size() > 1 && isPerson(people.get(0)) && isPerson(people.get(people.size() - 1));
        if (together && people.contains(KISS_MARK)) {
            return List.of(KISS);
        }
        if (together && people.contains(HEART)) {
            return List.of(COUPLE);
        }
        if (together && people.contains(HANDSHAKE)) {
            return List.of(HOLDING_HANDS);
        }
        if (people.size() > 1 && people.stream().allMatch(EmojiCode::isPerson)) {
            return List.of(FAMILY);
        }
        return people.equals(List.of(PERSON, CHRISTMAS_TREE)) ? List.of(SANTA) : kept;
    }

    private static boolean isPerson(int point) {
        return point == PERSON || point == CHILD;
    }
}
