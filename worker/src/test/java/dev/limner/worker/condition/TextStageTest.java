package dev.limner.worker.condition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.Control;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.Job;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.Result;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.BatchBuckets;
import dev.limner.worker.model.BatchedGenerator;
import dev.limner.worker.model.ImageGenerator;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelRoute;
import dev.limner.worker.schedule.MicroBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each job of a batch is given its own numbers. */
class TextStageTest {
    @Test
    void shouldGiveEachJobItsLabelAndControls() {
        List<ConditionedJob> jobs = prepared(
                new ModelInputs(1, 0, List.of("boot", "bag"), List.of(new Control.Range("slant", -2, 2, 0.5))),
                null,
                "{'label':'bag','controls':{'slant':1}}",
                "{'label':'boot','caption':'for people'}",
                "{'label':'bag','controls':{'slant':-1}}");

        assertThat(jobs).extracting(job -> job.conditions().label()).containsExactly(1, 0, 1);
        assertThat(jobs).extracting(job -> job.conditions().controls()[0]).containsExactly(1f, 0.5f, -1f);
        assertThat(jobs).allSatisfy(job -> {
            assertThat(job.encoding()).isNull();
            assertThat(job.conditions().sentence()).isEmpty();
            assertThat(job.warnings()).isEmpty();
        });
    }

    @Test
    void shouldEmbedEachCaptionAlone() {
        List<ConditionedJob> jobs =
                prepared(ModelInputs.caption(1, 1), new Lengths(), "{'caption':'a'}", "{'caption':'abc'}");

        assertThat(jobs).extracting(job -> job.conditions().sentence()[0]).containsExactly(1f, 3f);
        assertThat(jobs.get(0).warnings()).isEmpty();
        assertThat(jobs.get(1).warnings())
                .containsExactly(Result.Warnings.CAPTION_MOSTLY_UNKNOWN, Result.Warnings.CAPTION_TRUNCATED);
    }

    private static List<ConditionedJob> prepared(ModelInputs inputs, @Nullable TextEncoder encoder, String... records) {
        List<QueuedJob> queued = new ArrayList<>();
        for (String record : records) {
            byte[] value = record.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            Job job = ((Decoded.Valid) JobCodec.decode(value, "t-0-" + queued.size())).job();
            queued.add(new QueuedJob(
                    new RecordRef(new PartitionRef("t", 0), queued.size(), 1),
                    new OriginalRecord(null, value, List.of(), 0),
                    job,
                    0,
                    0));
        }
        BatchedGenerator engine = BatchedGenerator.of(new Grey(inputs), new BatchBuckets(List.of(4)));
        try (LoadedModel model = new LoadedModel(engine, encoder, LoadedModel.Origin.NONE)) {
            MicroBatch<QueuedJob> batch = new MicroBatch<>("b", new ModelRoute.Ready("d"), queued, 0);
            List<ConditionedJob> jobs = TextStage.prepare(batch, model).jobs();
            assertThat(jobs).extracting(ConditionedJob::queued).containsExactlyElementsOf(queued);
            return jobs;
        }
    }

    /** A caption's length; of long ones it knows nothing. */
    private static final class Lengths implements TextEncoder {
        @Override
        public String id() {
            return "lengths";
        }

        @Override
        public int dimensions() {
            return 1;
        }

        @Override
        public CaptionEncoding encode(String caption) {
            boolean isLong = caption.length() > 2;
            return new CaptionEncoding(new float[] {caption.length()}, 1, isLong ? 1 : 0, isLong);
        }

        @Override
        public void close() {}
    }

    private record Grey(ModelInputs inputs) implements ImageGenerator {
        @Override
        public Result.Model model() {
            return new Result.Model("grey", "0".repeat(64));
        }

        @Override
        public ImageSize size() {
            return new ImageSize(1, 1);
        }

        @Override
        public List<RenderRequest> probes(int count) {
            return IntStream.range(0, count)
                    .mapToObj(i -> new RenderRequest(new float[0], 0, i, 1))
                    .toList();
        }

        @Override
        public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
            return requests.stream()
                    .map(request -> new Pixels(1, 1, new byte[3]))
                    .toList();
        }

        @Override
        public void close() {}
    }
}
