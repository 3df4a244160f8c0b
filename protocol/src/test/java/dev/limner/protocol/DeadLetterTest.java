package dev.limner.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
    private static final String PLACE = "limner.jobs.standard-1@7";
    private static final Instant AT = Instant.parse("2026-01-31T12:00:00Z");

    @Test
    void shouldKeepTheWholeRecordAndSayWhy() {
        DeadLetter letter = DeadLetter.of(
                original(new byte[] {1}, new byte[] {2, 3}, RecordHeader.of("trace", "abc")),
                new DeadLetter.Cause("caption-empty: caption is empty", 2, AT, null));

        assertThat(letter.key()).containsExactly(1);
        assertThat(letter.value()).containsExactly(2, 3);
        assertThat(letter.headers())
                .extracting(RecordHeader::name)
                .containsExactly("trace", "limner-reason", "limner-origin", "limner-attempts", "limner-at");
        assertThat(RecordHeader.last(letter.headers(), "limner-reason")).contains("caption-empty: caption is empty");
        assertThat(RecordHeader.last(letter.headers(), "limner-origin")).contains(PLACE);
        assertThat(RecordHeader.last(letter.headers(), "limner-attempts")).contains("2");
        assertThat(RecordHeader.last(letter.headers(), "limner-at")).contains("2026-01-31T12:00:00Z");
    }

    @Test
    void shouldKeepTheBeginningOfAValueThatIsKeptElsewhere() {
        for (int length : new int[] {DeadLetter.BEGINNING, DeadLetter.BEGINNING + 1}) {
            DeadLetter letter = DeadLetter.of(original(null, new byte[length]), cause("file:///letters/a.bin"));

            assertThat(letter.value()).as("of %d", length).hasSize(DeadLetter.BEGINNING);
            assertThat(RecordHeader.last(letter.headers(), "limner-object")).contains("file:///letters/a.bin");
            assertThat(RecordHeader.last(letter.headers(), "limner-cut-from").isPresent())
                    .as("of %d", length)
                    .isEqualTo(length > DeadLetter.BEGINNING);
        }
    }

    @Test
    void shouldSayHowLongAValueWasOfWhichOnlyTheBeginningIsKnown() {
        DeadLetter.Original original = new DeadLetter.Original(null, new byte[10], 5_000_000, List.of(), PLACE);

        assertThat(RecordHeader.last(DeadLetter.of(original, cause(null)).headers(), "limner-cut-from"))
                .contains("5000000");
    }

    @Test
    void shouldBoundKeysAndHeaders() {
        RecordHeader fits = new RecordHeader("h", new byte[DeadLetter.MOST_HEADER_BYTES - 19]);
        RecordHeader over = new RecordHeader("h", new byte[DeadLetter.MOST_HEADER_BYTES - 18]);

        DeadLetter letter = DeadLetter.of(original(new byte[DeadLetter.MOST_KEY_BYTES], null, fits), cause(null));
        assertThat(letter.key()).hasSize(DeadLetter.MOST_KEY_BYTES);
        assertThat(letter.headers()).contains(fits);
        assertThat(RecordHeader.last(letter.headers(), "limner-dropped-headers"))
                .isEmpty();

        letter = DeadLetter.of(
                original(new byte[DeadLetter.MOST_KEY_BYTES + 1], null, over, RecordHeader.of("i", "")), cause(null));
        assertThat(letter.key()).hasSize(DeadLetter.MOST_KEY_BYTES);
        assertThat(letter.headers())
                .doesNotContain(over)
                .contains(new RecordHeader("i", letter.headers().get(0).value()));
        assertThat(RecordHeader.last(letter.headers(), "limner-dropped-headers"))
                .contains("1");
    }

    @Test
    void shouldBoundHeadersAsItIsTold() {
        DeadLetter.Original original = original(null, null, new RecordHeader("h", new byte[81]));

        assertThat(DeadLetter.of(original, cause(null), 100).headers()).hasSize(5);
        assertThat(RecordHeader.last(DeadLetter.of(original, cause(null), 99).headers(), "limner-dropped-headers"))
                .contains("1");
    }

    @Test
    void shouldDropForgedHeadersAndCountHowOftenItWasSentAgain() {
        DeadLetter letter = DeadLetter.of(
                original(
                        null,
                        null,
                        RecordHeader.of("limner-reason", "forged"),
                        RecordHeader.of(DeadLetterHeaders.REDRIVE, "3"),
                        RecordHeader.of(DeadLetterHeaders.REDRIVE_ORIGIN, "limner.jobs.bulk-0@1")),
                cause(null));

        assertThat(letter.headers().stream().filter(header -> header.name().equals("limner-reason")))
                .hasSize(1);
        assertThat(RecordHeader.last(letter.headers(), "limner-reason")).contains("why: because");
        assertThat(RecordHeader.last(letter.headers(), DeadLetterHeaders.REDRIVE))
                .contains("3");
        assertThat(RecordHeader.last(letter.headers(), DeadLetterHeaders.REDRIVE_ORIGIN))
                .contains("limner.jobs.bulk-0@1");
    }

    @Test
    void shouldShrinkToWhatIdentifiesTheRecord() {
        DeadLetter letter = DeadLetter.smallest(
                original(new byte[100_000], new byte[100_000], RecordHeader.of("trace", "abc")), cause(null));

        assertThat(letter.key()).hasSize(DeadLetter.BEGINNING);
        assertThat(letter.value()).hasSize(DeadLetter.BEGINNING);
        assertThat(letter.headers()).extracting(RecordHeader::name).doesNotContain("trace");
        assertThat(RecordHeader.last(letter.headers(), "limner-cut-from")).contains("100000");
        assertThat(RecordHeader.last(letter.headers(), "limner-dropped-headers"))
                .contains("1");
    }

    private static DeadLetter.Cause cause(@Nullable String object) {
        return new DeadLetter.Cause("why: because", 1, AT, object);
    }

    private static DeadLetter.Original original(
            byte @Nullable [] key, byte @Nullable [] value, RecordHeader... headers) {
        return new DeadLetter.Original(key, value, value == null ? 0 : value.length, Arrays.asList(headers), PLACE);
    }
}
