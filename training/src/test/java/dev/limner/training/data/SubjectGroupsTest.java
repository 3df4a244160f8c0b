package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.image.Pixels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Subjects and splits, over many random sets in many orders. */
class SubjectGroupsTest {
    private static final DataSettings SETTINGS = DataSettings.of(32, 25, 25);
    private static final List<Split> SPLITS = List.of(Split.values());
    private static final int SIDE = 32;

    static Stream<Long> seeds() {
        return Stream.iterate(1L, seed -> seed + 1).limit(40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldNeverHaveASubjectInTwoSplits(long seed) {
        List<CaptionedImage> images = images(seed);
        for (int order = 0; order < 4; order++) {
            Collections.shuffle(images, new Random(seed * 31 + order));
            Map<String, Split> splits = new HashMap<>();
            for (CaptionedImage image : placed(images, new SubjectGroups(SETTINGS))) {
                Split split = SETTINGS.splitOf(image);
                assertThat(splits.putIfAbsent(image.subject(), split)).isIn(null, split);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldNeverHaveNearlyTheSameImageInTwoSplits(long seed) {
        List<CaptionedImage> images = images(seed).stream()
                .filter(image -> image.split() == null && image.attributes().subject() == null)
                .toList();
        List<CaptionedImage> placed = placed(images, new SubjectGroups(SETTINGS));
        for (CaptionedImage one : placed) {
            for (CaptionedImage other : placed) {
                if (difference(one, other) <= NearDuplicates.SURE * NearDuplicates.SURE * Thumbnail.LENGTH) {
                    assertThat(SETTINGS.splitOf(one)).isEqualTo(SETTINGS.splitOf(other));
                }
            }
        }
        assertThat(placed).as("most have a place").hasSizeGreaterThan(images.size() / 2);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldMoveNothingWhenMoreArrives(long seed) {
        List<CaptionedImage> images = images(seed);
        Collections.shuffle(images, new Random(seed));
        int first = images.size() / 3;
        List<CaptionedImage> before = placed(images.subList(0, first), new SubjectGroups(SETTINGS));

        // As a second import does: what is there is read, not placed.
        SubjectGroups again = new SubjectGroups(SETTINGS);
        before.forEach(again::remember);
        List<CaptionedImage> later = placed(images.subList(first, images.size()), again);
        List<CaptionedImage> atOnce = placed(images, new SubjectGroups(SETTINGS));

        assertThat(Stream.concat(before.stream(), later.stream())).isEqualTo(atOnce);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldPutStatedSubjectsWhereTheirNamesSayInAnyOrder(long seed) {
        List<CaptionedImage> images = images(seed).stream()
                .filter(image -> image.split() == null && image.attributes().subject() != null)
                .toList();
        List<CaptionedImage> mixed = new ArrayList<>(images);
        Collections.shuffle(mixed, new Random(seed));

        assertThat(placed(mixed, new SubjectGroups(SETTINGS)))
                .containsExactlyInAnyOrderElementsOf(placed(images, new SubjectGroups(SETTINGS)))
                .allSatisfy(image -> assertThat(SETTINGS.splitOf(image))
                        .isEqualTo(Split.ofSubject(
                                String.valueOf(image.attributes().subject()), 25, 25)));
    }

    @Test
    void shouldFollowTheFirstImageOfASubjectAndSaySo() {
        SubjectGroups groups = new SubjectGroups(SETTINGS);
        CaptionedImage first =
                image("a", flat(10), ImageAttributes.NONE.withSubject("cat").withSplit(Split.TEST));
        CaptionedImage second =
                image("b", flat(90), ImageAttributes.NONE.withSubject("cat").withSplit(Split.TRAIN));
        CaptionedImage third = image("c", flat(200), ImageAttributes.NONE.withSubject("cat"));

        assertThat(groups.place(first)).isEqualTo(new SubjectGroups.Placement.Placed(first, null, null));
        assertThat(groups.place(second))
                .isEqualTo(new SubjectGroups.Placement.Placed(
                        second.with(first.attributes()), "its split is 'train', its subject 'cat' is in test", null));
        assertThat(groups.place(third))
                .isEqualTo(new SubjectGroups.Placement.Placed(third.with(first.attributes()), null, null));
    }

    @Test
    void shouldLeaveOutWhatWouldJoinTwoSplits() {
        SubjectGroups groups = new SubjectGroups(SETTINGS);
        groups.place(image("a", flat(100), ImageAttributes.NONE.withSplit(Split.TEST)));
        groups.place(image("b", flat(120), ImageAttributes.NONE.withSplit(Split.TRAIN)));

        assertThat(groups.place(image("c", flat(111), ImageAttributes.NONE)))
                .isEqualTo(new SubjectGroups.Placement.Between("b is in train, and a is in test"));
        // Its makers' word counts for more, and is told of.
        CaptionedImage stated = image("d", flat(111), ImageAttributes.NONE.withSplit(Split.TEST));
        assertThat(groups.place(stated))
                .isEqualTo(new SubjectGroups.Placement.Placed(
                        stated.with(stated.attributes().withSubject("a")), null, "b is in train, and it is in test"));
    }

    @Test
    void shouldKeepAStatedSplitAgainstNearImagesOfAnother() {
        SubjectGroups groups = new SubjectGroups(SETTINGS);
        groups.place(image("a", flat(100), ImageAttributes.NONE.withSplit(Split.TRAIN)));

        CaptionedImage stated = image("b", flat(101), ImageAttributes.NONE.withSplit(Split.TEST));
        assertThat(groups.place(stated))
                .isEqualTo(new SubjectGroups.Placement.Placed(
                        stated.with(stated.attributes().withSubject("b")), null, "a is in train, and it is in test"));
    }

    @Test
    void shouldCallASubjectAsItsFirstImage() {
        SubjectGroups groups = new SubjectGroups(SETTINGS);

        assertThat(placed(
                        List.of(
                                image("a", flat(100), ImageAttributes.NONE),
                                image("b", flat(105), ImageAttributes.NONE),
                                image("c", flat(160), ImageAttributes.NONE)),
                        groups))
                .extracting(CaptionedImage::subject)
                .containsExactly("a", "a", "c");
    }

    private static List<CaptionedImage> placed(List<CaptionedImage> images, SubjectGroups groups) {
        List<CaptionedImage> placed = new ArrayList<>();
        for (CaptionedImage image : images) {
            switch (groups.place(image)) {
                case SubjectGroups.Placement.Placed(CaptionedImage found, String overruled, String alike) ->
                    placed.add(found);
                case SubjectGroups.Placement.Between(String why) ->
                    assertThat(why).contains(" is in ");
            }
        }
        return placed;
    }

    private static int difference(CaptionedImage one, CaptionedImage other) {
        return Thumbnail.of(one.pixels()).difference(Thumbnail.of(other.pixels()), Integer.MAX_VALUE);
    }

    /** Near and far ones; with and without subject, style and split. */
    private static List<CaptionedImage> images(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<CaptionedImage> images = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            ImageAttributes attributes = ImageAttributes.NONE;
            if (random.nextInt(3) == 0) {
                attributes =
                        attributes.withSubject("subject " + random.nextInt(12)).withStyle("style " + random.nextInt(3));
            }
            if (random.nextInt(5) == 0) {
                attributes = attributes.withSplit(SPLITS.get(random.nextInt(SPLITS.size())));
            }
            images.add(image("k" + i, flat(random.nextInt(20, 236)), attributes));
        }
        return images;
    }

    private static CaptionedImage image(String key, Pixels pixels, ImageAttributes attributes) {
        return new CaptionedImage(key, pixels, Map.of("en", List.of(key)), attributes);
    }

    private static Pixels flat(int level) {
        byte[] rgb = new byte[3 * SIDE * SIDE];
        Arrays.fill(rgb, (byte) level);
        return new Pixels(SIDE, SIDE, rgb);
    }
}
