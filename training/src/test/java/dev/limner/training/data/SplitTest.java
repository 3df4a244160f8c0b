package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {
    private static final List<String> SUBJECTS =
            IntStream.range(0, 20_000).mapToObj(i -> "subject " + i).toList();

    @Test
    void shouldGiveEachSplitItsShare() {
        Map<Split, Integer> counts = new EnumMap<>(Split.class);
        SUBJECTS.forEach(subject -> counts.merge(Split.ofSubject(subject, 10, 20), 1, Integer::sum));

        // Six standard deviations.
        assertThat(counts.get(Split.VALIDATION)).isCloseTo(2000, within(255));
        assertThat(counts.get(Split.TEST)).isCloseTo(4000, within(340));
    }

    @Test
    void shouldKeepTheTestSubjectsWhenTheShareOfValidationIsAnother() {
        assertThat(SUBJECTS).allSatisfy(subject -> {
            Split few = Split.ofSubject(subject, 5, 10);
            Split many = Split.ofSubject(subject, 60, 30);
            if (few != Split.TRAIN) {
                assertThat(many).isEqualTo(few);
            }
        });
    }

    @Test
    void shouldHoldNothingOutOfNothing() {
        assertThat(SUBJECTS).allMatch(subject -> Split.ofSubject(subject, 0, 0) == Split.TRAIN);
        assertThat(SUBJECTS).allMatch(subject -> Split.ofSubject(subject, 100, 0) == Split.VALIDATION);
        assertThat(SUBJECTS).allMatch(subject -> Split.ofSubject(subject, 0, 100) == Split.TEST);
    }

    /** 0 for training, 1 for validation, 2 for testing. Data sets that exist are split by these: whoever changes the hash moves their images. */
    @Test
    void shouldPutSubjectsWhereTheyAlwaysWere() {
        assertThat(IntStream.range(0, 40)
                        .mapToObj(i -> Split.ofSubject("1f" + i, 10, 10).id())
                        .map(id -> id.equals("validation") ? "1" : id.equals("test") ? "2" : "0")
                        .collect(Collectors.joining()))
                .isEqualTo("0000000000011100000000220000000000000000");
    }
}
