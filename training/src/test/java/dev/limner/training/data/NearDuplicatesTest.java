package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.image.Pixels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NearDuplicatesTest {
    private static final int SIDE = 32;
    private static final int IMAGES = 1500;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldFindWhatComparingAllWithAllFinds(long seed) {
        List<Thumbnail> thumbnails = clusters(seed);
        NearDuplicates index = new NearDuplicates();
        int pairs = 0;
        for (int i = 0; i < thumbnails.size(); i++) {
            Thumbnail thumbnail = thumbnails.get(i);
            Set<String> expected = new HashSet<>();
            for (int j = 0; j < i; j++) {
                if (difference(thumbnail, thumbnails.get(j)) <= limit(NearDuplicates.LINK)) {
                    expected.add(String.valueOf(j));
                }
            }
            List<NearDuplicates.Near> found = index.find(thumbnail);

            assertThat(found.stream().map(near -> near.member().key()).collect(Collectors.toSet()))
                    .isEqualTo(expected);
            pairs += expected.size();
            // Each a subject of its own: then none stands for another.
            index.add(new NearDuplicates.Member("s" + i, String.valueOf(i), thumbnail), found);
        }
        assertThat(pairs).as("there is something to find").isGreaterThan(500);
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6, 7})
    void shouldFindOneThatStandsForAnyThatIsSurelyTheSame(long seed) {
        List<Thumbnail> thumbnails = clusters(seed);
        NearDuplicates index = new NearDuplicates();
        List<String> subjects = new ArrayList<>();
        int sure = 0;
        for (int i = 0; i < thumbnails.size(); i++) {
            Thumbnail thumbnail = thumbnails.get(i);
            List<NearDuplicates.Near> found = index.find(thumbnail);
            Set<String> subjectsFound =
                    found.stream().map(near -> near.member().subject()).collect(Collectors.toSet());
            for (int j = 0; j < i; j++) {
                if (difference(thumbnail, thumbnails.get(j)) <= limit(NearDuplicates.SURE)) {
                    assertThat(subjectsFound).contains(subjects.get(j));
                    sure++;
                }
            }
            String subject = found.isEmpty() ? "s" + i : found.get(0).member().subject();
            subjects.add(subject);
            index.add(new NearDuplicates.Member(subject, String.valueOf(i), thumbnail), found);
        }
        assertThat(sure).as("there is something to find").isGreaterThan(500);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64, 256})
    void shouldTakeTheMeansOfSquares(int side) {
        byte[] rgb = new byte[3 * side * side];
        Arrays.fill(rgb, (byte) 200);
        byte[] other = rgb.clone();
        int step = side / Thumbnail.SIDE;
        // One square of the other is darker by 12 in red.
        for (int y = 0; y < step; y++) {
            for (int x = 0; x < step; x++) {
                other[3 * (y * side + x)] = (byte) 188;
            }
        }

        int difference =
                difference(Thumbnail.of(new Pixels(side, side, rgb)), Thumbnail.of(new Pixels(side, side, other)));

        assertThat(difference).isEqualTo(144);
    }

    @ParameterizedTest
    @ValueSource(longs = {8, 9})
    void shouldHaveSumsThatDifferNoMoreThanTheImages(long seed) {
        List<Thumbnail> thumbnails = clusters(seed);
        for (int i = 1; i < thumbnails.size(); i++) {
            Thumbnail one = thumbnails.get(i);
            Thumbnail other = thumbnails.get(i - 1);
            double most = Math.sqrt((double) Thumbnail.LENGTH * difference(one, other));
            int[] sums = one.sums();
            int[] others = other.sums();
            for (int at = 0; at < sums.length; at++) {
                assertThat((double) Math.abs(sums[at] - others[at])).isLessThanOrEqualTo(most);
            }
        }
    }

    private static int limit(int rootMeanSquare) {
        return rootMeanSquare * rootMeanSquare * Thumbnail.LENGTH;
    }

    private static int difference(Thumbnail one, Thumbnail other) {
        return one.difference(other, Integer.MAX_VALUE);
    }

    /** Flat images, and around each some that differ by noise of all sizes about the limits. */
    private static List<Thumbnail> clusters(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<byte[]> centres = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            byte[] centre = new byte[3 * SIDE * SIDE];
            int[] levels = random.ints(48, 20, 236).toArray();
            for (int at = 0; at < centre.length; at++) {
                int x = at / 3 % SIDE;
                int y = at / 3 / SIDE;
                centre[at] = (byte) levels[y / 8 * 12 + x / 8 * 3 + at % 3];
            }
            centres.add(centre);
        }
        List<Thumbnail> thumbnails = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++) {
            byte[] image = centres.get(random.nextInt(centres.size())).clone();
            double size = random.nextDouble() * 14;
            int[] change = new int[48];
            Arrays.setAll(change, at -> (int) Math.round(random.nextGaussian() * size));
            for (int at = 0; at < image.length; at++) {
                int x = at / 3 % SIDE;
                int y = at / 3 / SIDE;
                int value = (image[at] & 0xFF) + change[y / 8 * 12 + x / 8 * 3 + at % 3];
                image[at] = (byte) Math.max(0, Math.min(255, value));
            }
            thumbnails.add(Thumbnail.of(new Pixels(SIDE, SIDE, image)));
        }
        return thumbnails;
    }
}
