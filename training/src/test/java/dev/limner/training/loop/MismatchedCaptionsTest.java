package dev.limner.training.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MismatchedCaptionsTest {
    private static final int BATCH = 32;

    @Test
    void shouldTakeAnotherClassHoweverNearItsWordsAre() {
        // As on Fashion-MNIST: captions of one class are under the limit, and those of two may be above it.
        List<MismatchedCaptions.Captioned> images = IntStream.range(0, BATCH)
                .mapToObj(i -> image(i % 2 == 0 ? "shirt" : "coat", "caption " + i, i % 2 == 0 ? 0 : 2 * i))
                .toList();

        for (int seed = 0; seed < 50; seed++) {
            int[] chosen = choose(images, seed);
            for (int i = 0; i < BATCH; i++) {
                assertThat(images.get(chosen[i]).label())
                        .isNotEqualTo(images.get(i).label());
            }
        }
    }

    /** Eight draws would miss it in three batches of four. */
    @Test
    void shouldFindTheOneThatThereIs() {
        List<MismatchedCaptions.Captioned> images = IntStream.range(0, BATCH)
                .mapToObj(i -> image(i == 20 ? "coat" : "shirt", "caption " + i, i))
                .toList();

        for (int seed = 0; seed < 20; seed++) {
            int[] chosen = choose(images, seed);
            assertThat(chosen[20]).isNotEqualTo(20).isNotEqualTo(MismatchedCaptions.NONE);
            chosen[20] = 20;
            assertThat(chosen).containsOnly(20);
        }
    }

    @Test
    void shouldHaveNoneWhereABatchHasNone() {
        List<MismatchedCaptions.Captioned> images =
                List.of(image("a", "one", 0), image("a", "two", 90), image("a", "three", 180), image("b", "four", 270));

        int[] one = new MismatchedCaptions(images).choose(new int[] {0, 1, 2}, new int[3], new SplittableRandom(1));

        assertThat(one).containsOnly(MismatchedCaptions.NONE);
        assertThat(MismatchedCaptions.weights(one)).containsExactly(0, 0, 0);
        assertThat(MismatchedCaptions.weights(new int[] {3, MismatchedCaptions.NONE, 3, 0}))
                .containsExactly(4f / 3, 0, 4f / 3, 4f / 3);
        assertThat(MismatchedCaptions.weights(new int[] {1, 0})).containsExactly(1, 1);
    }

    @Test
    void shouldGoByWordsWhereThereAreNoClasses() {
        // 20 degrees apart is nearly the same, 40 is not.
        List<MismatchedCaptions.Captioned> images =
                List.of(image(null, "cat", 0), image(null, "kitty", 20), image(null, "dog", 60));

        for (int seed = 0; seed < 20; seed++) {
            assertThat(new MismatchedCaptions(images)
                            .choose(new int[] {0, 1, 2}, new int[3], new SplittableRandom(seed)))
                    .startsWith(2, 2);
        }
        // A single class is none, and neither is one that only one of the two has.
        List<MismatchedCaptions.Captioned> single =
                List.of(image("animal", "cat", 0), image("animal", "kitty", 20), image("animal", "dog", 60));
        assertThat(new MismatchedCaptions(single).choose(new int[] {0, 1, 2}, new int[3], new SplittableRandom(1)))
                .startsWith(2, 2);
        List<MismatchedCaptions.Captioned> partly =
                List.of(image("cat", "cat", 0), image(null, "kitty", 20), image("dog", "dog", 20));
        assertThat(new MismatchedCaptions(partly).choose(new int[] {0, 1, 2}, new int[3], new SplittableRandom(1)))
                .containsExactly(2, MismatchedCaptions.NONE, 0);
    }

    @Test
    void shouldNeverTakeWhatTheImageIsCalledItself() {
        // Two wordings of one image are far apart; the image is in the batch twice, and another shares a wording.
        MismatchedCaptions.Captioned cat = new MismatchedCaptions.Captioned(
                "cat",
                null,
                List.of("cat", "purring pet"),
                List.of(direction(0), direction(90)),
                Set.of("cat", "purring pet", "mouser"));
        MismatchedCaptions.Captioned mouser = image("other", "mouser", 180);
        MismatchedCaptions.Captioned kitten = image(null, "kitten", 80);
        MismatchedCaptions.Captioned dog = image(null, "dog", 270);
        MismatchedCaptions.Captioned drawn = new MismatchedCaptions.Captioned(
                "cat", null, List.of("whiskers"), List.of(direction(200)), Set.of("whiskers"));
        List<MismatchedCaptions.Captioned> images = List.of(cat, mouser, kitten, dog, drawn);

        Set<Integer> forTheCat = new HashSet<>();
        for (int seed = 0; seed < 50; seed++) {
            int[] chosen = new MismatchedCaptions(images)
                    .choose(new int[] {0, 0, 1, 2, 3, 4}, new int[] {0, 1, 0, 0, 0, 0}, new SplittableRandom(seed));
            forTheCat.add(chosen[0]);
            forTheCat.add(chosen[1]);
        }

        // Not itself, not what it is called outside of training, not what is near to one of its wordings, not another
        // image of it.
        assertThat(forTheCat).containsExactly(4);
    }

    /** Trainings of sets without classes stay what they were, wherever eight draws found something. */
    @Test
    void shouldDrawAsItDid() {
        List<MismatchedCaptions.Captioned> images = IntStream.range(0, BATCH)
                .mapToObj(i -> image(null, "caption " + i, 11 * i))
                .toList();
        SplittableRandom random = new SplittableRandom(4);
        int[] expected = new int[BATCH];
        for (int i = 0; i < BATCH; i++) {
            for (int attempt = 0; attempt < 8; attempt++) {
                expected[i] = (i + 1 + random.nextInt(BATCH - 1)) % BATCH;
                if (Math.cos(Math.toRadians(11.0 * (i - expected[i]))) < 0.85) {
                    break;
                }
            }
        }

        assertThat(choose(images, 4)).containsExactly(expected);
    }

    private static int[] choose(List<MismatchedCaptions.Captioned> images, long seed) {
        int[] pictures = IntStream.range(0, images.size()).toArray();
        int[] captions = new int[images.size()];
        Arrays.fill(captions, 0);
        return new MismatchedCaptions(images).choose(pictures, captions, new SplittableRandom(seed));
    }

    private static MismatchedCaptions.Captioned image(@Nullable String label, String caption, double degrees) {
        return new MismatchedCaptions.Captioned(
                caption, label, List.of(caption), List.of(direction(degrees)), Set.of(caption));
    }

    private static float[] direction(double degrees) {
        double angle = Math.toRadians(degrees);
        return new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
    }
}
