package dev.limner.training.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.network.film.FilmGenerator;
import dev.limner.generator.network.film.FilmSpec;
import dev.limner.generator.render.Renderer;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.evaluate.metric.VectorMath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad models, each to be caught by the metric that is meant for it, on the shipped data with the shipped judges. */
class ModelEvaluationTest {
    private static final List<Metric> WITHOUT_REAL = List.of(Metric.DIVERSITY, Metric.CONTROL_HUE);

    @TempDir
    static Path cache;

    private static TextEncoder encoder;
    private static FeatureExtractors extractors;
    private static DataSet data;
    private static EvaluationPlan plan;
    private static NDManager memory;
    private static Renderer untrained;
    private static ImageSource untaught;
    private static Renderer shipped;

    @BeforeAll
    static void load() {
        encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(cache, 2), 20_000);
        Path emoji = Path.of("../data/emoji");
        data = ShardFiles.read(emoji, 64, (entry, reason, detail) -> {
            throw new AssertionError(entry + reason + detail);
        });
        extractors = FeatureExtractors.read(emoji.resolve("judges-en-v1"), Device.cpu());
        plan = EvaluationPlan.of(data, "en", encoder, 300, 1);
        memory = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        Engine.getEngine("PyTorch").setRandomSeed(1);
        FilmGenerator network = new FilmGenerator(FilmSpec.defaultSpec());
        untrained = Renderer.over(memory, network, network.parameters().initialise(memory));
        untaught = new Sketchbook(ImageSource.of(untrained));
        shipped = Renderer.load(ModelBundle.read(Path.of("../models/default")), Device.cpu());
    }

    @AfterAll
    static void close() {
        shipped.close();
        untrained.close();
        memory.close();
        extractors.close();
        encoder.close();
    }

    @Test
    void shouldHaveJudgesOfTheShippedData() {
        assertThat(extractors.description().dataDigest()).isEqualTo(data.digest());
        assertThat(extractors.description().language()).isEqualTo("en");
    }

    @Test
    void shouldRaiseNoAlarmOverTheCaptionsOfTheShippedModel() {
        ModelEvaluation evaluation = evaluate(ImageSource.of(shipped));

        assertThat(evaluation.alarms())
                .doesNotContain(
                        QualityAlert.FAR_FROM_REAL,
                        QualityAlert.IGNORES_CAPTION,
                        QualityAlert.COPIES_TRAINING,
                        QualityAlert.NO_DIVERSITY);
        evaluation.figures().forEach((metric, figure) -> {
            if (figure.unavailable() == null) {
                assertThat(figure.model()).as(metric.id()).isNotNull();
                if (!WITHOUT_REAL.contains(metric)) {
                    assertThat(figure.real()).as(metric.id()).isNotNull();
                }
                assertThat(figure.untrained()).as(metric.id()).isNotNull();
            }
        });
        assertThat(evaluation.figures().get(Metric.FID).unavailable()).contains("held-out images, it takes 640");
        assertThat(evaluation.figures().get(Metric.HUE).model().value())
                .isGreaterThan(evaluation.figures().get(Metric.HUE).untrained().value());
    }

    @Test
    void shouldCatchAnUntrainedGenerator() {
        assertThat(evaluate(untaught).alarms())
                .contains(QualityAlert.FAR_FROM_REAL, QualityAlert.IGNORES_CAPTION, QualityAlert.LOW_COVERAGE);
    }

    @Test
    void shouldCatchAGeneratorThatIgnoresItsCaptionAlthoughItsImagesAreReal() {
        List<Pixels> real = new ArrayList<>(data.images(Split.TEST, "en").stream()
                .map(CaptionedImage::pixels)
                .toList());
        Collections.shuffle(real, new Random(7));
        ImageSource deaf = prompts -> IntStream.range(0, prompts.size())
                .mapToObj(i -> real.get(i % real.size()))
                .toList();

        ModelEvaluation evaluation = evaluate(deaf);

        assertThat(evaluation.alarms())
                .contains(QualityAlert.IGNORES_CAPTION)
                .doesNotContain(QualityAlert.FAR_FROM_REAL);
    }

    @Test
    void shouldCatchAGeneratorThatCopiesItsTrainingImages() {
        List<CaptionedImage> train = data.images(Split.TRAIN, "en");
        Map<String, Pixels> byCaption = new HashMap<>();
        train.forEach(image -> image.captionsIn("en").forEach(caption -> byCaption.put(caption, image.pixels())));
        ImageSource copier = prompts -> prompts.stream()
                .map(one -> byCaption.getOrDefault(
                        one.caption(),
                        train.get(Math.floorMod(one.caption().hashCode(), train.size()))
                                .pixels()))
                .toList();

        assertThat(evaluate(copier).alarms())
                .contains(QualityAlert.COPIES_TRAINING)
                .doesNotContain(QualityAlert.FAR_FROM_REAL, QualityAlert.IGNORES_CAPTION);
    }

    @Test
    void shouldCatchAGeneratorThatLooksUpTheTrainingCaptionNearestToItsOwn() {
        List<CaptionedImage> images = new ArrayList<>();
        List<float[]> embeddings = new ArrayList<>();
        for (CaptionedImage image : data.images(Split.TRAIN, "en")) {
            for (String caption : image.trainingCaptions("en")) {
                images.add(image);
                embeddings.add(encoder.encode(caption).embedding());
            }
        }
        Map<String, Pixels> found = new HashMap<>();
        ImageSource copier = prompts -> prompts.stream()
                .map(one -> found.computeIfAbsent(
                        one.caption(),
                        any -> images.get(nearest(embeddings, one.embedding())).pixels()))
                .toList();

        ModelEvaluation evaluation = evaluate(copier);

        assertThat(evaluation.alarms())
                .contains(QualityAlert.COPIES_TRAINING)
                .doesNotContain(QualityAlert.FAR_FROM_REAL, QualityAlert.IGNORES_CAPTION);
        assertThat(evaluation.figures().get(Metric.COPIES).model().value()).isEqualTo(1);
        assertThat(evaluation.figures().get(Metric.COPIES_VARIANTS).model().value())
                .isEqualTo(1);
        assertThat(evaluation
                        .figures()
                        .get(Metric.MEMORISATION_VARIANTS)
                        .model()
                        .high())
                .isLessThan(0.5);
    }

    private static int nearest(List<float[]> embeddings, float[] to) {
        return IntStream.range(0, embeddings.size())
                .boxed()
                .max(Comparator.comparingDouble(i -> VectorMath.product(embeddings.get(i), to)))
                .orElseThrow();
    }

    @Test
    void shouldCatchAGeneratorThatCopiesOnlyWhatItIsAskedForFromTraining() {
        Map<String, Pixels> byVariant = new HashMap<>();
        plan.variants()
                .forEach(subject ->
                        byVariant.put(subject.caption(), subject.image().pixels()));
        ImageSource honest = ImageSource.of(shipped);
        ImageSource copier = prompts -> {
            List<Pixels> images = new ArrayList<>(honest.generate(prompts));
            for (int i = 0; i < images.size(); i++) {
                images.set(i, byVariant.getOrDefault(prompts.get(i).caption(), images.get(i)));
            }
            return images;
        };

        assertThat(evaluate(copier).alarms()).contains(QualityAlert.COPIES_TRAINING);
    }

    @Test
    void shouldFindRealImagesWhereTheoryExpectsThem() {
        try (SampleScoring scoring = new SampleScoring(plan, extractors)) {
            Map<Metric, Estimate> real = scoring.ofReal();

            // The features have been trained on training images only, and both halves are held out.
            for (Metric metric : List.of(Metric.KID, Metric.KID_RANDOM, Metric.DENSITY, Metric.MEMORISATION)) {
                assertThat(scoring.expectedOfReal().get(metric))
                        .as(metric.id())
                        .isBetween(real.get(metric).low(), real.get(metric).high());
            }
        }
    }

    @Test
    void shouldCatchAGeneratorThatGeneratesASingleImage() {
        Pixels only = data.images(Split.TEST, "en").get(3).pixels();
        ImageSource single = prompts -> Collections.nCopies(prompts.size(), only);

        assertThat(evaluate(single).alarms())
                .contains(QualityAlert.NO_DIVERSITY, QualityAlert.LOW_COVERAGE, QualityAlert.IGNORES_CAPTION);
    }

    @Test
    void shouldGenerateAndChooseTheSameWheneverItIsAsked() {
        EvaluationPlan again = EvaluationPlan.of(data, "en", encoder, 300, 1);

        assertThat(again.heldOut())
                .extracting(subject -> subject.caption())
                .isEqualTo(plan.heldOut().stream()
                        .map(EvaluationPlan.Subject::caption)
                        .toList());
        assertThat(plan.heldOut())
                .allSatisfy(subject -> assertThat(data.splitOf(subject.image())).isEqualTo(Split.TEST));
        assertThat(plan.variants())
                .allSatisfy(subject ->
                        assertThat(subject.image().trainingCaptions("en")).doesNotContain(subject.caption()));
    }

    private static ModelEvaluation evaluate(ImageSource imageSource) {
        return ModelEvaluation.run(
                plan,
                extractors,
                new ModelEvaluation.Candidate(imageSource, ModelInputs.caption(64, encoder.dimensions()), untaught));
    }
}
