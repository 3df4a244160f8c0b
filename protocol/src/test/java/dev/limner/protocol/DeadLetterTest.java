package dev.limner.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
        for (int length : new int[] {4095, 4096, 4097, 1_000_000}) {
            DeadLetter letter = DeadLetter.of(original(null, new byte[length]), cause("file:///letters/a.bin"));

            assertThat(letter.value()).as("of %d", length).hasSize(Math.min(length, 4096));
            assertThat(RecordHeader.last(letter.headers(), "limner-object")).contains("file:///letters/a.bin");
            assertThat(RecordHeader.last(letter.headers(), "limner-cut-from"))
                    .as("of %d", length)
                    .isEqualTo(length > 4096 ? Optional.of(String.valueOf(length)) : Optional.empty());
        }
    }

    @Test
    void shouldKeepTheWholeOfAValueThatIsKeptNowhereElse() {
        DeadLetter letter = DeadLetter.of(original(null, new byte[1_000_000]), cause(null));

        assertThat(letter.value()).hasSize(1_000_000);
        assertThat(RecordHeader.last(letter.headers(), "limner-cut-from")).isEmpty();
    }

    @Test
    void shouldSayHowLongAValueWasOfWhichOnlyTheBeginningIsKnown() {
        DeadLetter.Original original = new DeadLetter.Original(null, new byte[10], 5_000_000, List.of(), PLACE);

        assertThat(RecordHeader.last(DeadLetter.of(original, cause(null)).headers(), "limner-cut-from"))
                .contains("5000000");
    }

    @Test
    void shouldBoundKeys() {
        for (int length : new int[] {65_535, 65_536, 65_537}) {
            assertThat(DeadLetter.of(original(new byte[length], null), cause(null))
                            .key())
                    .as("of %d", length)
                    .hasSize(Math.min(length, 65_536));
        }
    }

    /** One of a letter for a name takes 19 bytes beside its value. */
    @Test
    void shouldBoundHeaders() {
        for (int bytes : new int[] {262_143, 262_144, 262_145}) {
            RecordHeader header = new RecordHeader("h", new byte[bytes - 19]);
            DeadLetter letter =
                    DeadLetter.of(original(null, null, header, RecordHeader.of("limner-x", "")), cause(null));
            boolean fits = bytes <= 262_144;

            assertThat(letter.headers().contains(header)).as("of %d", bytes).isEqualTo(fits);
            assertThat(RecordHeader.last(letter.headers(), "limner-dropped-headers"))
                    .as("of %d", bytes)
                    .contains(fits ? "1" : "2");
        }
    }

    @Test
    void shouldKeepASmallHeaderBehindOneThatDoesNotFit() {
        RecordHeader small = RecordHeader.of("i", "");

        DeadLetter letter =
                DeadLetter.of(original(null, null, new RecordHeader("h", new byte[262_144]), small), cause(null));

        assertThat(letter.headers().get(0)).isSameAs(small);
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
    void shouldNameItsOwnPlaceAsTheOriginOfAFirstRedrive() {
        DeadLetter letter =
                DeadLetter.of(original(null, null, RecordHeader.of(DeadLetterHeaders.REDRIVE, "1")), cause(null));

        assertThat(RecordHeader.last(letter.headers(), DeadLetterHeaders.REDRIVE_ORIGIN))
                .contains(PLACE);
        assertThat(RecordHeader.last(
                        DeadLetter.of(original(null, null), cause(null)).headers(), "limner-redrive-origin"))
                .isEmpty();
    }

    @Test
    void shouldReadTheLastOfAHeaderThatIsThereTwice() {
        List<RecordHeader> headers = List.of(
                RecordHeader.of("h", "first"),
                RecordHeader.of("h", "last"),
                new RecordHeader("h", null),
                RecordHeader.of("other", "x"));

        assertThat(RecordHeader.last(headers, "h")).contains("last");
        assertThat(RecordHeader.last(headers, "no")).isEmpty();
    }

    @Test
    void shouldShrinkToWhatIdentifiesTheRecord() {
        DeadLetter letter = DeadLetter.smallest(
                original(new byte[100_000], new byte[100_000], RecordHeader.of("trace", "abc")), cause(null));

        assertThat(letter.key()).hasSize(4096);
        assertThat(letter.value()).hasSize(4096);
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
