package dev.limner.cli.learn;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.cli.LimnerCommand;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.generator.render.Renderer;
import dev.limner.launcher.ProjectLayout;
import dev.limner.training.data.DataSet;
import dev.limner.training.evaluate.EvaluationPlan;
import dev.limner.training.evaluate.GridCheck;
import dev.limner.training.evaluate.ImageSource;
import dev.limner.training.evaluate.MetricValue;
import dev.limner.training.evaluate.ModelEvaluation;
import dev.limner.training.evaluate.QualityAlert;
import dev.limner.training.evaluate.SampleGrid;
import dev.limner.training.evaluate.extractor.ExtractorStatement;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.evaluate.report.EvaluationReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limner eval}: how good a model is. */
@Command(
        name = "eval",
        description = {
            "Compare what a model generates with images it has never seen, through frozen networks. Every figure stands"
                    + " beside that of real images and that of an untrained network.",
            "An alarm is a known way to fail: far from real, ignoring the caption, copying training images, generating one"
                    + " image, leaving much out."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {"0:evaluated", "1:something failed, or with --fail-on-alarm there is an alarm", "2:misuse"})
public final class EvalCommand implements Callable<Integer>, LimnerCommand {
    @Parameters(paramLabel = "MODEL", description = "Folder of a model bundle.")
    @SuppressWarnings("NullAway.Init")
    Path model;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    LearnOptions options;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    JudgesOptions judges;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    GridOptions gridOptions;

    @Option(
            names = "--language",
            paramLabel = "LANGUAGE",
            description = "Of the captions. Default: the one the model was trained on")
    @Nullable
    String language;

    @Option(names = "--json", description = "Print the figures as JSON.")
    boolean json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page with grids, figures and neighbours.")
    @Nullable
    Path html;

    @Option(
            names = "--grid",
            paramLabel = "FILE",
            description = "Write what it generates for the grid's captions, uncurated, as one image.")
    @Nullable
    Path gridFile;

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "How many held-out images at most. Default: ${DEFAULT-VALUE}")
    int images = 2000;

    /** What earlier releases called it. */
    @Option(names = "--pictures", hidden = true)
    void pictures(int number) {
        images = number;
    }

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            defaultValue = "1",
            description = "Of noise and choices. Default: ${DEFAULT-VALUE}")
    long seed;

    @Option(names = "--fail-on-alarm", description = "End with exit code 1 if there is an alarm.")
    boolean failOnAlarm;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() {
        ProjectLayout home = ProjectLayout.find();
        PrintWriter terminal = spec.commandLine().getOut();
        PrintWriter errors = spec.commandLine().getErr();
        ModelBundle bundle = ModelBundle.read(model);
        Manifest manifest = bundle.manifest();
        String asked = language != null ? language : trainedLanguage(manifest);
        Device device = options.device();
        DataSet set = options.read(manifest.output().side());
        try (TextEncoder encoder = options.encoder(home, manifest.requireTextEncoder());
                FeatureExtractors extractors = judges.open(options, home, set, asked, encoder, device);
                Renderer renderer = Renderer.load(bundle, device);
                NDManager memory = NDManager.newBaseManager(device, "PyTorch")) {
            EvaluationPlan plan =
                    EvaluationPlan.of(set, asked, encoder, images, seed).without(extractors::saw);
            TrainableGenerator network = bundle.generator();
            Engine.getEngine("PyTorch").setRandomSeed((int) seed);
            ModelEvaluation evaluation;
            try (Renderer untrained =
                    Renderer.over(memory, network, network.parameters().initialise(memory))) {
                evaluation = ModelEvaluation.run(plan, extractors, ImageSource.of(renderer), ImageSource.of(untrained));
            }
            SampleGrid grid = gridOptions.grid(home, asked);
            GridCheck check = GridCheck.of(grid, grid.generate(renderer, encoder), set, extractors, encoder);
            ExtractorStatement statement = ExtractorStatement.of(extractors, set, encoder);
            EvaluationReport report = new EvaluationReport(manifest, statement, plan, evaluation, grid, check);
            if (gridFile != null) {
                grid.write(renderer, encoder, gridFile.toAbsolutePath());
            }
            if (html != null) {
                report.write(html, model.toAbsolutePath().resolveSibling("log.jsonl"));
                errors.println("report in " + html);
            }
            if (json) {
                terminal.println(report.toJson());
            } else {
                statement.lines().forEach(terminal::println);
                print(report.toJson(), evaluation, terminal);
            }
            return failOnAlarm && !evaluation.alarms().isEmpty() ? 1 : 0;
        }
    }

    private static String trainedLanguage(Manifest manifest) {
        return manifest.recipe() == null
                ? "en"
                : manifest.recipe().path("language").asText("en");
    }

    private static void print(ObjectNode json, ModelEvaluation evaluation, PrintWriter terminal) {
        terminal.printf("%-18s %-30s %-30s %-30s %s%n", "metric", "model (95 %)", "real images", "untrained", "better");
        evaluation.figures().forEach((metric, figure) -> {
            if (figure.unavailable() == null) {
                terminal.printf(
                        "%-18s %-30s %-30s %-30s %s%n",
                        metric.id(),
                        text(figure.model()),
                        text(figure.real()),
                        text(figure.untrained()),
                        metric.better());
            } else {
                terminal.printf("%-18s not available: %s%n", metric.id(), figure.unavailable());
            }
        });
        terminal.println("grid " + json.path("grid"));
        for (QualityAlert alarm : evaluation.alarms()) {
            MetricValue figure = evaluation.figures().get(alarm.metric());
            if (figure != null) {
                terminal.println("alarm: " + alarm.explain(figure));
            }
        }
    }

    private static String text(@Nullable Estimate estimate) {
        return estimate == null ? "" : estimate.text();
    }
}
