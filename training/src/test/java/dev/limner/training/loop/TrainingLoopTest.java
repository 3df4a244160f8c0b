package dev.limner.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.bundle.DataLicence;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.DataSource;
import dev.limner.training.data.ImageAttributes;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.SampleGrid;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.recipe.TestRecipes;
import dev.limner.training.step.StepReport;
import dev.limner.training.step.TrainingBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingLoopTest {
    private static final int SIDE = 16;
    private static final int IMAGES = 16;
    private static final Duration LONG = Duration.ofHours(1);
    private static final Recipe RECIPE = TestRecipes.tiny(
            "batch: 8",
            "generator: {latent: 4, text: 384, condition: 8, channels: [8, 8], smooth: true}",
            "discriminator: {channels: [8, 8], features: 8}",
            "objective: {mismatch: 0.5, gamma: 1, penaltyEvery: 2, reconstruction: 1}",
            "decaySteps: 10",
            "accumulate: 2",
            "text: {encoder: all-minilm-l6-v2-q, noise: 0.1}");

    @TempDir
    static Path cache;

    @TempDir
    Path folder;

    private static TextEncoder encoder;

    @BeforeAll
    static void load() {
        encoder = PretrainedEncoder.MINI_LM.load(cache, 2);
    }

    @AfterAll
    static void close() {
        encoder.close();
    }

    @Test
    void shouldGoOnFromACheckpointAsIfItHadNeverStopped() {
        Manifest whole = train(folder.resolve("whole"), 6);

        train(folder.resolve("parts"), 2);
        Manifest resumed = train(folder.resolve("parts"), 6);

        assertThat(resumed.weights().sha256()).isEqualTo(whole.weights().sha256());
        assertThat(ModelBundle.read(folder.resolve("parts/model")).manifest().digest())
                .isEqualTo(resumed.digest());
        assertThat(folder.resolve("parts/report.html")).isNotEmptyFile();
        assertThat(folder.resolve("parts/log.jsonl")).isNotEmptyFile();
    }

    @Test
    void shouldGoOnAfterAStopAsIfItHadNotBeenStopped() {
        Manifest whole = train(folder.resolve("whole"), 6);
        SampleGrid grid = new SampleGrid(List.of("red", "blue"), 5);
        TrainingLoop loop = new TrainingLoop(RECIPE, data(IMAGES), encoder, grid, folder.resolve("parts"), null);

        assertThatThrownBy(() -> loop.run(
                        new TrainingLoop.Limit(LONG, 6, LONG, LONG, 0, false),
                        Device.cpu(),
                        null,
                        listener(IMAGES, report -> {
                            if (report.step() == 2) {
                                loop.stop();
                            }
                        })))
                .isInstanceOf(CancellationException.class)
                .hasMessageContaining("stopped at step 3");
        // Whoever prepared the next batches is gone.
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("limner-batches");

        assertThat(train(folder.resolve("parts"), 6).weights().sha256())
                .isEqualTo(whole.weights().sha256());
    }

    @Test
    void shouldEndWithTheCauseWhenAStepCannotGoOn() {
        SampleGrid grid = new SampleGrid(List.of("red", "blue"), 5);
        TrainingLoop loop = new TrainingLoop(RECIPE, data(IMAGES), encoder, grid, folder.resolve("t"), null);
        IllegalStateException cause = new IllegalStateException("of a test");

        assertThatThrownBy(() -> loop.run(
                        new TrainingLoop.Limit(LONG, 6, LONG, LONG, 0, false),
                        Device.cpu(),
                        null,
                        listener(IMAGES, report -> {
                            throw cause;
                        })))
                .isSameAs(cause);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("limner-batches");
    }

    @Test
    void shouldSampleABatchByItsNumberAlone() {
        BatchSampler sampler = new BatchSampler(RECIPE, data(64), encoder);
        List<TrainingBatch> inOrder =
                LongStream.range(0, 20).mapToObj(sampler::sample).toList();

        IntStream.range(0, 20).parallel().map(i -> 19 - i).forEach(number -> {
            TrainingBatch again = sampler.sample(number);
            TrainingBatch before = inOrder.get(number);
            assertThat(again.images()).isEqualTo(before.images());
            assertThat(again.sentences()).isEqualTo(before.sentences());
            assertThat(again.mismatched()).isEqualTo(before.mismatched());
            assertThat(again.mismatchWeights()).isEqualTo(before.mismatchWeights());
        });
        assertThat(sampler.batches(3)).hasSize(2);
        assertThat(sampler.batches(3).get(1).images()).isEqualTo(inOrder.get(7).images());
    }

    /** White images are of one class, black ones of the other, and captions of one class differ more than the limit. */
    @Test
    void shouldMismatchCaptionsOfOtherClassesAndOfAnyStyle() {
        assertThat(mismatches(ImageAttributes.NONE)).containsOnly(true);
        assertThat(mismatches(ImageAttributes.NONE.withStyle("flat"))).containsOnly(true);
        // Where the label is the style, it says nothing of captions.
        assertThat(mismatches(null)).contains(true, false);
    }

    /**
     * Whether the mismatched caption of each image is one of the other colour.
     *
     * @param attributes beside the label; null where the style is the label
     */
    private static Set<Boolean> mismatches(@Nullable ImageAttributes attributes) {
        List<CaptionedImage> images = new ArrayList<>();
        List<String> things = List.of("a red apple", "two sleeping dogs", "car on a road", "tall green tree");
        for (int i = 0; i < 32; i++) {
            byte[] rgb = new byte[3 * SIDE * SIDE];
            Arrays.fill(rgb, (byte) (i % 2 == 0 ? 0 : 255));
            String label = i % 2 == 0 ? "black" : "white";
            images.add(new CaptionedImage(
                    "k" + i,
                    new Pixels(SIDE, SIDE, rgb),
                    Map.of("en", List.of(things.get(i / 2 % things.size()))),
                    (attributes == null ? ImageAttributes.NONE.withStyle(label) : attributes).withLabel(label)));
        }
        BatchSampler sampler = new BatchSampler(RECIPE, new DataSet("test", "0".repeat(64), SIDE, 0, images), encoder);
        Set<Boolean> other = new HashSet<>();
        for (int number = 0; number < 10; number++) {
            TrainingBatch batch = sampler.sample(number);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.mismatchWeights()[i] > 0) {
                    int whose = place(batch.sentences(), row(batch.mismatched(), i, batch.size()), batch.size());
                    other.add(batch.images()[whose * 3 * SIDE * SIDE] != batch.images()[i * 3 * SIDE * SIDE]);
                }
            }
        }
        return other;
    }

    private static float[] row(float[] rows, int place, int count) {
        int length = rows.length / count;
        return Arrays.copyOfRange(rows, place * length, (place + 1) * length);
    }

    private static int place(float[] rows, float[] row, int count) {
        return IntStream.range(0, count)
                .filter(i -> Arrays.equals(row(rows, i, count), row))
                .findFirst()
                .orElseThrow();
    }

    /** Saving the same step again must not write over the only checkpoint there is. */
    @Test
    void shouldKeepItsCheckpointWhenTheNextOneCannotBeWritten() throws IOException {
        train(folder.resolve("t"), 2);
        Path saved = folder.resolve("t/checkpoint/step-2.safetensors");
        byte[] before = Files.readAllBytes(saved);
        Files.createDirectory(folder.resolve("t/checkpoint/step-2.safetensors.tmp"));

        assertThatThrownBy(() -> train(folder.resolve("t"), 2)).isInstanceOf(UncheckedIOException.class);

        assertThat(Files.readAllBytes(saved)).isEqualTo(before);
        assertThat(train(folder.resolve("t"), 4)).isNotNull();
        assertThat(folder.resolve("t/checkpoint")).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void shouldChangeTheWeightsAndKeepThemFinite() {
        Manifest one = train(folder.resolve("one"), 1);
        Manifest two = train(folder.resolve("two"), 2);

        assertThat(two.weights().sha256()).isNotEqualTo(one.weights().sha256());
        assertThat(two.trainedOn().path("steps").asInt()).isEqualTo(2);
        assertThat(two.recipe()).isNotNull();
    }

    @Test
    void shouldCarryTheLicencesOfItsDataAndOfTheModelItStartsFrom() {
        DataSource openmoji = DataSource.of("openmoji", "OpenMoji", "CC-BY-SA-4.0", "the OpenMoji project");
        DataSource test = DataSource.of("test", "Test", "CC-BY-NC-4.0", null);
        DataSet plain = data(IMAGES);
        DataSet styled = new DataSet(
                "styled",
                "1".repeat(64),
                SIDE,
                DataSettings.of(SIDE, 0, 0).withSources(List.of(openmoji, test)),
                plain.images().stream()
                        .map(image -> image.with(
                                image.key().equals("k0")
                                        ? ImageAttributes.NONE
                                                .withSource("test")
                                                .withSplit(Split.TEST)
                                        : ImageAttributes.NONE.withSource("openmoji")))
                        .toList());

        Manifest parent = train(RECIPE, styled, null, folder.resolve("parent"), 1);
        Manifest child = train(from("parent"), folder.resolve("child"), 1);

        assertThat(parent.data()).containsExactly(openmoji.terms());
        assertThat(child.data()).containsExactly(new DataLicence("test", DataLicence.UNKNOWN, null), openmoji.terms());
        assertThat(parent.trainedOn().path("chosenBy").asText()).isEqualTo("last");
        assertThat(folder.resolve("parent/report.html"))
                .content()
                .contains("the last weights are the model, nothing chose among them");
    }

    @Test
    void shouldNotGoOnFromATrainingWithAnotherRecipe() {
        train(folder.resolve("t"), 1);
        Recipe other = RECIPE.withSeed(2);

        assertThatThrownBy(() -> train(other, folder.resolve("t"), 2)).hasMessageContaining("another recipe");
    }

    @Test
    void shouldStartFromAModel() {
        Manifest parent = train(folder.resolve("parent"), 3);

        Manifest same = train(from("parent"), folder.resolve("same"), 0);
        Manifest moved = train(from("parent"), folder.resolve("moved"), 2);

        assertThat(same.weights().sha256()).isEqualTo(parent.weights().sha256());
        assertThat(moved.weights().sha256()).isNotEqualTo(parent.weights().sha256());
        DataLicence unknown = new DataLicence("test", DataLicence.UNKNOWN, null);
        assertThat(moved.data()).as("nobody recorded any").containsExactly(unknown);
        Path licensed = folder.resolve("licensed");
        ModelBundle base = from("parent").bundle();
        ModelBundle.write(
                licensed,
                new ModelBundle.Description(
                        base.manifest().name(),
                        base.generator(),
                        base.manifest().textEncoder(),
                        (ObjectNode) base.manifest().recipe(),
                        null,
                        List.of(new DataLicence("emoji", "Apache-2.0", "Google")),
                        null),
                new ModelBundle.Content(base.weights(), base.discriminator().orElseThrow(), null));
        assertThat(train(StartingPoint.of(ModelBundle.read(licensed), List.of()), folder.resolve("child"), 0)
                        .data())
                .containsExactly(unknown, new DataLicence("emoji", "Apache-2.0", "Google"));
        assertThat(moved.trainedOn().path("startedFrom").path("digest").asText())
                .isEqualTo(parent.digest());
        assertThat(train(folder.resolve("nothing"), 2).weights().sha256())
                .isNotEqualTo(moved.weights().sha256());
    }

    @Test
    void shouldKeepWhatIsFrozenAndNothingElse() {
        train(folder.resolve("parent"), 3);
        ModelBundle parent = ModelBundle.read(folder.resolve("parent/model"));

        train(from("parent", "generator/film", "discriminator/start"), folder.resolve("child"), 2);

        ModelBundle child = ModelBundle.read(folder.resolve("child/model"));
        assertThat(same(parent.weights(), child.weights())).containsExactlyInAnyOrder("film.weight", "film.bias");
        assertThat(same(
                        parent.discriminator().orElseThrow(),
                        child.discriminator().orElseThrow()))
                .containsExactlyInAnyOrder("start.weight", "start.bias");
    }

    private static Set<String> same(Map<String, Safetensors.Tensor> before, Map<String, Safetensors.Tensor> after) {
        return before.keySet().stream()
                .filter(name -> Arrays.equals(
                        before.get(name).toArray(), after.get(name).toArray()))
                .collect(Collectors.toSet());
    }

    @Test
    void shouldGoOnWithWhatItStartedFromOnly() {
        train(folder.resolve("a"), 1);
        train(folder.resolve("b"), 2);
        train(from("a", "generator/film"), folder.resolve("t"), 1);

        assertThat(train(from("a", "generator/film"), folder.resolve("t"), 2)).isNotNull();
        assertThatThrownBy(() -> train(from("b", "generator/film"), folder.resolve("t"), 3))
                .hasMessageContaining(from("a").bundle().manifest().digest());
        assertThatThrownBy(() -> train(from("a"), folder.resolve("t"), 3))
                .hasMessageContaining("generator/film frozen");
        assertThatThrownBy(() -> train(folder.resolve("t"), 3)).hasMessageContaining("started from nothing");
        assertThatThrownBy(() -> train(from("a"), folder.resolve("b"), 3)).hasMessageContaining("started from nothing");
    }

    @Test
    void shouldNameWhatItCannotStartFromOrFreeze() {
        train(folder.resolve("parent"), 1);
        ObjectNode changed = RECIPE.asData();
        changed.withObject("/generator").putArray("channels").add(8).add(16);
        Recipe wider = Recipe.of(changed);
        StartingPoint parent = from("parent");

        assertThatThrownBy(() -> parent.setup(wider)).hasMessageContainingAll("generator", "[8,16]", "[8,8]");
        assertThatThrownBy(() -> from("parent", "film")).hasMessageContainingAll("'film'", "generator/film");
        assertThatThrownBy(() -> from("parent", "generator/fil")).hasMessageContaining("'generator/fil'");
        assertThatThrownBy(() -> from("parent", "generator")).hasMessageContaining("nothing would be learned");
        ModelBundle alone = new ModelBundle(
                folder,
                ModelBundle.write(
                        folder.resolve("alone"),
                        new ModelBundle.Description("alone", RECIPE.generator(), "x", null, null, List.of(), null),
                        new ModelBundle.Content(parent.bundle().weights(), null, null)),
                parent.bundle().weights());
        assertThatThrownBy(() -> StartingPoint.of(alone, List.of())).hasMessageContaining("no discriminator");
    }

    private StartingPoint from(String trained, String... frozen) {
        return StartingPoint.of(ModelBundle.read(folder.resolve(trained + "/model")), List.of(frozen));
    }

    @Test
    void shouldTakeFreshImagesEveryStep() {
        BatchSampler sampler = new BatchSampler(RECIPE, data(64), encoder);
        Set<Integer> recent = new HashSet<>();
        int repeated = 0;
        int pictures = 0;
        for (long step = 0; step < 50; step++) {
            Set<Integer> mine = pictures(sampler.sample(step));
            pictures += mine.size();
            repeated += (int) mine.stream().filter(recent::contains).count();
            recent = mine;
        }

        // 8 of 64 images, generated independently, share one in eight with the step before.
        assertThat((double) repeated / pictures).isBetween(0.05, 0.22);
    }

    private static Set<Integer> pictures(TrainingBatch batch) {
        Set<Integer> hashes = new HashSet<>();
        int stride = batch.images().length / batch.size();
        for (int i = 0; i < batch.size(); i++) {
            hashes.add(Arrays.hashCode(Arrays.copyOfRange(batch.images(), i * stride, (i + 1) * stride)));
        }
        return hashes;
    }

    @Test
    void shouldSayWhichLanguageHasTooFewImages() {
        assertThatThrownBy(() -> new BatchSampler(RECIPE, data(4), encoder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(
                        "4 training images with captions in 'en', a batch takes 8: write a batch of 4 or less");
        assertThatThrownBy(() -> new BatchSampler(RECIPE, data(1), encoder))
                .hasMessageContaining(
                        "1 training image with captions in 'en' that are not held out, a training needs at least 2");
        DataSet german = new DataSet(
                "german",
                "0",
                data(1).side(),
                0,
                List.of(new CaptionedImage("a", data(1).images().get(0).pixels(), Map.of("de", List.of("rot")))));
        assertThatThrownBy(() -> new BatchSampler(RECIPE, german, encoder))
                .hasMessageContaining(
                        "0 training images with captions in 'en', the language of the recipe or of the model it is from; its"
                                + " captions are in de");
    }

    private static Manifest train(Path out, long steps) {
        return train(RECIPE, out, steps);
    }

    private static Manifest train(Recipe recipe, Path out, long steps) {
        return train(recipe, null, out, steps);
    }

    private static Manifest train(StartingPoint start, Path out, long steps) {
        return train(start.recipe(), start, out, steps);
    }

    private static Manifest train(Recipe recipe, @Nullable StartingPoint start, Path out, long steps) {
        return train(recipe, data(IMAGES), start, out, steps);
    }

    private static Manifest train(Recipe recipe, DataSet data, @Nullable StartingPoint start, Path out, long steps) {
        SampleGrid grid = new SampleGrid(List.of("red", "blue"), 5);
        return new TrainingLoop(recipe, data, encoder, grid, out, start)
                .run(
                        new TrainingLoop.Limit(LONG, steps, LONG, LONG, 0, false),
                        Device.cpu(),
                        null,
                        listener(data.images(Split.TRAIN, "en").size(), report -> {}));
    }

    private static TrainingListener listener(int images, Consumer<StepReport> stepped) {
        return new TrainingListener() {
            @Override
            public void started(int pictures, long step, double seconds) {
                assertThat(pictures).isEqualTo(images);
            }

            @Override
            public void stepped(StepReport report, double seconds, double imagesPerSecond) {
                assertThat(report.diverged()).isFalse();
                stepped.accept(report);
            }

            @Override
            public void checked(long step, Map<Metric, Estimate> figures, double score) {
                throw new AssertionError("nobody asked for a check");
            }

            @Override
            public void alarm(String text) {
                throw new AssertionError(text);
            }
        };
    }

    private static DataSet data(int count) {
        SplittableRandom random = new SplittableRandom(1);
        List<CaptionedImage> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] rgb = new byte[3 * SIDE * SIDE];
            random.nextBytes(rgb);
            images.add(new CaptionedImage(
                    "k" + i, new Pixels(SIDE, SIDE, rgb), Map.of("en", List.of("image " + i, "number " + i))));
        }
        return new DataSet("test", "0".repeat(64), SIDE, 0, images);
    }
}
