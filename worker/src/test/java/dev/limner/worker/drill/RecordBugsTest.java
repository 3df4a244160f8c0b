package dev.limner.worker.drill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.JobGroup;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.RecordError;
import dev.limner.protocol.Result;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.Publication;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordBugsTest {
    /** Made elsewhere: by the store, the device, the control loop, or where cancellations are asked for. */
    private static final Set<SeededBug> ELSEWHERE = EnumSet.of(
            SeededBug.PUBLISH_BEFORE_STORE,
            SeededBug.SKIP_FSYNC,
            SeededBug.COMMIT_REVOKED,
            SeededBug.IGNORE_LEDGER,
            SeededBug.SEEK_NOTHING_AFTER_ABORT,
            SeededBug.SWAP_PICTURES,
            SeededBug.TRUNCATE_ORIGINALS,
            SeededBug.IGNORE_CANCELLATIONS,
            SeededBug.MIX_CAPTIONS);

    @Test
    void shouldChangeNothingWithoutAnOrder() {
        RecordBugs none = new RecordBugs(Set.of());
        Publication generated = generated("a");
        RecordDelivery delivery = delivery();

        assertThat(none.answered(generated)).isSameAs(generated);
        assertThat(none.delivered(delivery)).isSameAs(delivery);
        assertThat(none.answered(null)).isNull();
    }

    @Test
    void shouldMakeEveryMistakeThatIsMadeHere() {
        for (SeededBug mistake : SeededBug.values()) {
            RecordBugs mistakes = new RecordBugs(Set.of(mistake));
            boolean wrong = false;
            for (Publication right : Arrays.asList(generated("a"), rejected(), generated("b"), generated("c"))) {
                wrong |= !right.equals(mistakes.answered(right));
            }
            wrong |= !delivery().decoded().equals(mistakes.delivered(delivery()).decoded());

            assertThat(wrong).as(mistake.name()).isEqualTo(!ELSEWHERE.contains(mistake));
        }
    }

    private static RecordDelivery delivery() {
        byte[] value = "{\"caption\":\"x\",\"deadline\":\"2026-01-01T00:00:00Z\"}".getBytes(StandardCharsets.UTF_8);
        Decoded decoded = JobCodec.decode(value, "id");
        return new RecordDelivery(
                new RecordRef(new PartitionRef("jobs", 0), 1, 1),
                new OriginalRecord(null, value, List.of(), 0),
                decoded,
                0);
    }

    private static Publication generated(String id) {
        Outcome.ImageRef first = new Outcome.ImageRef("uri", "sha", "image/png", 1, 64, 64, 0, 1, "pixels");
        Outcome.ImageRef second = new Outcome.ImageRef("uri-2", "sha", "image/png", 1, 64, 64, 1, 1, "pixels");
        return publication(
                id, new Outcome.Completed(List.of(first, second), "none"), new Result.Batch("batch", 4, 0), null);
    }

    private static Publication rejected() {
        RecordError error = RecordError.ofRecord(ErrorCode.TOO_LARGE, "too large");
        return publication(
                "bad", new Outcome.Rejected(error), null, new Publication.DeadLetter("too-large: too large", 1, null));
    }

    private static Publication publication(
            String id, Outcome outcome, Result.@Nullable Batch batch, Publication.@Nullable DeadLetter letter) {
        Result result = new Result(
                id,
                outcome,
                "tenant-" + id,
                TextNode.valueOf(id),
                new JobGroup("group", 2),
                new Result.Source("jobs", 0, 1),
                1,
                1,
                "worker-1",
                null,
                null,
                batch,
                List.of("caption-truncated"));
        OriginalRecord original = new OriginalRecord(null, id.getBytes(StandardCharsets.UTF_8), List.of(), 0);
        return new Publication(result, original, "jobs-0@1", letter, null);
    }
}
