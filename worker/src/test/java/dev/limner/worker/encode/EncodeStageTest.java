package dev.limner.worker.encode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.Provenance;
import dev.limner.generator.render.Conditions;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.Job;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.Result;
import dev.limner.worker.condition.ConditionedJob;
import dev.limner.worker.generate.GeneratedJob;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.ModelRoute;
import dev.limner.worker.schedule.MicroBatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What the file of an image says of its origin. */
class EncodeStageTest {
    private static final String DIGEST = "a".repeat(64);

    @Test
    void shouldWriteWhatItTakesToGenerateTheImageAgain() {
        Provenance provenance = written(
                true,
                "{'caption':'a red boot','label':'boot','seed':7,'truncation':0.5,"
                        + "'controls':{'slant':0.25,'style':'bold'}}");

        assertThat(provenance)
                .isEqualTo(new Provenance(
                        "Limner test",
                        "shoes",
                        DIGEST,
                        7,
                        0,
                        0.5,
                        "a red boot",
                        "boot",
                        Map.of("slant", DoubleNode.valueOf(0.25), "style", TextNode.valueOf("bold"))));
    }

    @Test
    void shouldWriteTheLabelForPeopleWhereThereIsNoCaption() {
        assertThat(written(true, "{'label':'boot','seed':7}"))
                .isEqualTo(new Provenance("Limner test", "shoes", DIGEST, 7, 0, 1, "boot", "boot", Map.of()));
        assertThat(written(true, "{'caption':'a boot','seed':7}"))
                .isEqualTo(new Provenance("Limner test", "shoes", DIGEST, 7, 0, 1, "a boot"));
    }

    @Test
    void shouldWriteNothingOfWhatItShowsWhereThatIsSwitchedOff() {
        assertThat(written(false, "{'caption':'a','label':'boot','seed':7,'controls':{'style':'bold'}}"))
                .isEqualTo(new Provenance("Limner test", "shoes", DIGEST, 7, 0, 1, null));
    }

    private static Provenance written(boolean captions, String record) {
        Job job = ((Decoded.Valid) JobCodec.decode(record.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "t-0-0"))
                .job();
        PartitionRef partition = new PartitionRef("t", 0);
        OriginalRecord original = new OriginalRecord(null, null, List.of(), 0);
        QueuedJob queued = new QueuedJob(new RecordRef(partition, 0, 1), original, job, 0, 0);
        GeneratedJob generated = new GeneratedJob(
                new ConditionedJob(queued, null, new Conditions(new float[0], 0, new float[0])),
                List.of(new Pixels(1, 1, new byte[3])),
                new Result.Model("shoes", DIGEST),
                1);
        MicroBatch<GeneratedJob> batch = new MicroBatch<>("b", new ModelRoute.Ready(DIGEST), List.of(generated), 0);
        byte[] file = new EncodeStage("Limner test", captions, UnaryOperator.identity())
                .encode(batch)
                .jobs()
                .get(0)
                .files()
                .get(0)
                .bytes();
        return Provenance.read(file).orElseThrow();
    }
}
