package dev.limner.testkit.bench.learn;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.Renderer;
import dev.limner.launcher.ProjectLayout;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.EvaluationPlan;
import dev.limner.training.evaluate.ImageSource;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.SampleScoring;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.Estimate;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How well models that learned from a small set generate what it held out, through judges of a large set of the same
 * artwork. The plainest caption of each image is asked for.
 *
 * @param all the large set, with its judges
 * @param small the small one
 * @param folder where the report goes
 */
record TransferReport(ProjectLayout home, Path all, Path small, Path folder, PrintWriter terminal) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final int GRID_COLUMNS = 16;
    private static final long SEED = 17;

    /**
     * One of the models.
     *
     * @param title where it started from
     * @param minutes how long it was trained
     * @param bundle where it is
     */
    record Model(String title, int minutes, Path bundle) {}

    /**
     * A line of the table.
     *
     * @param steps of the training
     * @param kid kernel inception distance to the held-out images
     * @param memorisation distance to the nearest training image by that to a held-out one
     * @param trained of the captions of training images
     * @param heldOut of the captions of held-out images
     */
    private record Row(
            String title,
            int minutes,
            long steps,
            Estimate kid,
            Estimate memorisation,
            CaptionRecognition.Found trained,
            CaptionRecognition.Found heldOut) {}

    /** Writes {@code transfer.json} and {@code grid.png}, and prints the table. */
    void write(List<Model> models) {
        DataSet data = read(small);
        List<CaptionedImage> train = data.images(Split.TRAIN, HeldOutClass.LANGUAGE);
        List<CaptionedImage> test = data.images(Split.TEST, HeldOutClass.LANGUAGE);
        List<Row> rows = new ArrayList<>();
        List<Pixels> grid = new ArrayList<>(pixels(ImageGrid.spread(test, GRID_COLUMNS)));
        try (TextEncoder encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(home.cache(), 1), 10_000);
                FeatureExtractors extractors = FeatureExtractors.read(ForgettingCommand.judgesOf(all), Device.cpu());
                SampleScoring scoring = new SampleScoring(
                        EvaluationPlan.of(data, HeldOutClass.LANGUAGE, encoder, test.size(), SEED), extractors)) {
            CaptionRecognition recognition = CaptionRecognition.of(read(all), extractors, encoder, SEED);
            rows.add(row(
                    new Model("real images", 0, small),
                    0,
                    scoring.ofReal(),
                    recognition.of(train, pixels(train)),
                    recognition.of(test, pixels(test))));
            for (Model model : models) {
                ModelBundle bundle = ModelBundle.read(model.bundle);
                try (Renderer renderer = Renderer.load(bundle, Device.cpu())) {
                    ImageSource imageSource = ImageSource.of(renderer);
                    List<Pixels> generated = recognition.generate(imageSource, test);
                    rows.add(row(
                            model,
                            model.minutes == 0 ? 0 : steps(bundle),
                            scoring.of(imageSource),
                            recognition.of(train, recognition.generate(imageSource, train)),
                            recognition.of(test, generated)));
                    grid.addAll(ImageGrid.spread(generated, GRID_COLUMNS));
                }
            }
        }
        terminal.println(train.size() + " images to train on, " + test.size() + " held out");
        rows.forEach(this::print);
        ImageGrid.write(grid, Math.min(GRID_COLUMNS, test.size()), folder.resolve("grid.png"));
        save(train.size(), test.size(), rows);
        terminal.println("report and grid in " + folder
                + ": held-out captions, a row of the real images and one per line of the table");
    }

    private static long steps(ModelBundle bundle) {
        JsonNode trained = bundle.manifest().trainedOn();
        return trained == null ? 0 : trained.path("steps").asLong();
    }

    private static Row row(
            Model model,
            long steps,
            Map<Metric, Estimate> scores,
            CaptionRecognition.Found trained,
            CaptionRecognition.Found heldOut) {
        return new Row(
                model.title,
                model.minutes,
                steps,
                Objects.requireNonNull(scores.get(Metric.KID)),
                Objects.requireNonNull(scores.get(Metric.MEMORISATION)),
                trained,
                heldOut);
    }

    private static DataSet read(Path folder) {
        return ShardFiles.read(folder, DataSettings.read(folder).side(), (entry, reason, detail) -> {});
    }

    private static List<Pixels> pixels(List<CaptionedImage> images) {
        return images.stream().map(CaptionedImage::pixels).toList();
    }

    private void print(Row row) {
        terminal.printf("%s, %d min, %d steps%n", row.title, row.minutes, row.steps);
        terminal.printf("  kid %s  memorisation %s%n", row.kid.text(), row.memorisation.text());
        print("trained captions", row.trained);
        print("held-out captions", row.heldOut);
    }

    private void print(String captions, CaptionRecognition.Found found) {
        terminal.printf(
                "  %-17s  recognised %s  class %s  distance %.2f%n",
                captions, found.recognised().text(), found.ofClass().text(), found.distance());
    }

    private void save(int train, int test, List<Row> rows) {
        ObjectNode report = JSON.createObjectNode();
        report.put("train", train).put("test", test);
        ArrayNode models = report.putArray("models");
        for (Row row : rows) {
            ObjectNode model = models.addObject()
                    .put("start", row.title)
                    .put("minutes", row.minutes)
                    .put("steps", row.steps);
            LearningReports.put(model, "kid", row.kid);
            LearningReports.put(model, "memorisation", row.memorisation);
            put(model.putObject("trainedCaptions"), row.trained);
            put(model.putObject("heldOutCaptions"), row.heldOut);
        }
        Path file = folder.resolve("transfer.json");
        try {
            Files.writeString(file, JSON.writeValueAsString(report));
        } catch (IOException e) {
            throw new UncheckedIOException("the report " + file + " cannot be written", e);
        }
    }

    private static void put(ObjectNode node, CaptionRecognition.Found found) {
        LearningReports.put(node, "recognised", found.recognised());
        LearningReports.put(node, "ofClass", found.ofClass());
        node.put("distance", found.distance());
    }
}
