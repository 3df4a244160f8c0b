package dev.limner.cli.learn;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.cli.LimnerCommand;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.network.Generator;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.generator.render.Renderer;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
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
            "The column deviation is how far equal models differ: over the noise seeds of one model, or over several models"
                    + " of one recipe.",
            "An alarm is a known way to fail: far from real, ignoring the caption, copying training images, generating one"
                    + " image, leaving much out."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {"0:evaluated", "1:something failed, or with --fail-on-alarm there is an alarm", "2:misuse"})
public final class EvalCommand implements Callable<Integer>, LimnerCommand {
    @Parameters(
            paramLabel = "MODEL",
            arity = "1..*",
            description = {
                "Folder of a model bundle.",
                "Several folders: models of one recipe that were trained with different seeds. The figures are those of"
                        + " the first, their deviation is that over all of them."
            })
    @SuppressWarnings("NullAway.Init")
    List<Path> models;

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

    @Option(
            names = "--noise-seeds",
            paramLabel = "N",
            description =
                    "How often one model generates, each time with other noise, for the column deviation; 1 leaves it"
                            + " out. Default: ${DEFAULT-VALUE}")
    int noiseSeeds = 3;

    @Option(names = "--fail-on-alarm", description = "End with exit code 1 if there is an alarm.")
    boolean failOnAlarm;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() {
        if (noiseSeeds < 1) {
            throw new UsageException("--noise-seeds is " + noiseSeeds + ", must be at least 1");
        }
        ProjectLayout home = ProjectLayout.find();
        PrintWriter terminal = spec.commandLine().getOut();
        PrintWriter errors = spec.commandLine().getErr();
        List<ModelBundle> bundles = models.stream().map(ModelBundle::read).toList();
        requireOneRecipe(bundles);
        ModelBundle bundle = bundles.get(0);
        Manifest manifest = bundle.manifest();
        String asked = language != null ? language : trainedLanguage(manifest);
        Device device = options.device();
        DataSet set = options.read(manifest.output().side());
        String encoderId =
                manifest.inputs().readsCaption() ? manifest.requireTextEncoder() : PretrainedEncoder.MINI_LM.id();
        try (TextEncoder encoder = options.encoder(home, encoderId);
                FeatureExtractors extractors = judges.open(options, home, set, asked, encoder, device);
                Renderer renderer = Renderer.load(bundle, device)) {
            EvaluationPlan plan =
                    EvaluationPlan.of(set, asked, encoder, images, seed).without(extractors::saw);
            ModelEvaluation evaluation =
                    evaluate(bundle, plan, extractors, device, bundles.size() > 1 ? 1 : noiseSeeds);
            if (bundles.size() > 1) {
                List<ModelEvaluation> others = new ArrayList<>();
                for (ModelBundle other : bundles.subList(1, bundles.size())) {
                    others.add(evaluate(other, plan, extractors, device, 1));
                }
                evaluation = evaluation.beside(others);
            }
            SampleGrid grid = gridOptions.grid(home, asked);
            GridCheck check = GridCheck.of(grid, grid.generate(renderer, encoder), set, extractors, encoder);
            ExtractorStatement statement = ExtractorStatement.of(extractors, set, encoder);
            EvaluationReport report = new EvaluationReport(manifest, statement, plan, evaluation, grid, check);
            if (gridFile != null) {
                grid.write(renderer, encoder, gridFile.toAbsolutePath());
            }
            if (html != null) {
                report.write(html, models.get(0).toAbsolutePath().resolveSibling("log.jsonl"));
                errors.println("report in " + html);
            }
            if (json) {
                ObjectNode node = report.toJson();
                if (bundles.size() > 1) {
                    ArrayNode digests = node.putArray("models");
                    bundles.forEach(one -> digests.add(one.manifest().digest()));
                }
                terminal.println(node);
            } else {
                statement.lines().forEach(terminal::println);
                print(check, evaluation, terminal);
            }
            return failOnAlarm && !evaluation.alarms().isEmpty() ? 1 : 0;
        }
    }

    /** A deviation over models that differ in more than their seed says nothing. */
    private static void requireOneRecipe(List<ModelBundle> bundles) {
        Manifest first = bundles.get(0).manifest();
        Set<String> digests = new HashSet<>();
        for (ModelBundle bundle : bundles) {
            Manifest manifest = bundle.manifest();
            if (!digests.add(manifest.digest())) {
                throw new UsageException("the model " + manifest.digest() + " is given twice");
            }
            if (!withoutSeed(manifest).equals(withoutSeed(first))) {
                throw new UsageException("the models " + first.digest() + " and " + manifest.digest()
                        + " are of different recipes: evaluate them one by one");
            }
        }
    }

    private static JsonNode withoutSeed(Manifest manifest) {
        JsonNode recipe = manifest.recipe() == null
                ? MissingNode.getInstance()
                : manifest.recipe().deepCopy();
        if (recipe instanceof ObjectNode object) {
            object.remove(List.of("seed", "name"));
        }
        return recipe;
    }

    private ModelEvaluation evaluate(
            ModelBundle bundle, EvaluationPlan plan, FeatureExtractors extractors, Device device, int times) {
        Generator generator = bundle.manifest().generator();
        try (Renderer renderer = Renderer.load(bundle, device);
                NDManager memory = NDManager.newBaseManager(device, "PyTorch")) {
            ImageSource model = ImageSource.of(renderer);
            if (!(generator instanceof TrainableGenerator network)) {
                return ModelEvaluation.run(
                        plan, extractors, new ModelEvaluation.Candidate(model, generator.inputs(), null), times);
            }
            Engine.getEngine("PyTorch").setRandomSeed((int) seed);
            try (Renderer untrained =
                    Renderer.over(memory, network, network.parameters().initialise(memory))) {
                return ModelEvaluation.run(
                        plan,
                        extractors,
                        new ModelEvaluation.Candidate(model, generator.inputs(), ImageSource.of(untrained)),
                        times);
            }
        }
    }

    private static String trainedLanguage(Manifest manifest) {
        return manifest.recipe() == null
                ? "en"
                : manifest.recipe().path("language").asText("en");
    }

    private static final String ROW = "%-21s %-28s %-9s %-28s %-28s %-9s %-28s %s%n";

    private static void print(GridCheck check, ModelEvaluation evaluation, PrintWriter terminal) {
        String over = evaluation.figures().values().stream()
                .map(MetricValue::deviation)
                .filter(Objects::nonNull)
                .findFirst()
                .map(one -> ", deviation over " + one.of() + " " + one.over().text())
                .orElse("");
        terminal.println("model (95 %" + over + "); beside real: halves, as small as the real ones; expected of real");
        terminal.printf(
                ROW, "metric", "model", "deviation", "beside real", "real images", "expected", "untrained", "better");
        evaluation.figures().forEach((metric, figure) -> {
            if (figure.unavailable() == null) {
                terminal.printf(
                        ROW,
                        metric.id(),
                        text(figure.model()),
                        figure.deviation() == null ? "" : figure.deviation().text(),
                        text(figure.besideReal()),
                        text(figure.real()),
                        figure.expected() == null ? "" : String.format(Locale.ROOT, "%.4f", figure.expected()),
                        text(figure.untrained()),
                        metric.better());
            } else {
                terminal.printf("%-21s not available: %s%n", metric.id(), figure.unavailable());
            }
        });
        check.groups().forEach((familiarity, group) -> print(familiarity.text(), group, terminal));
        print("all", check.all(), terminal);
        for (QualityAlert alarm : evaluation.alarms()) {
            terminal.println("alarm: " + alarm.explain(evaluation.figures()));
        }
    }

    private static void print(String name, GridCheck.Group group, PrintWriter terminal) {
        terminal.printf(
                "grid, %-15s %2d of %2d are told to be of their caption; real images: %d of %d%n",
                name + ":", group.right(), group.captions(), group.realRight(), group.real());
    }

    private static String text(@Nullable Estimate estimate) {
        return estimate == null ? "" : estimate.text();
    }
}
