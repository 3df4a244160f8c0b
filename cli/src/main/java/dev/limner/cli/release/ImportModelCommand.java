package dev.limner.cli.release;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.DataLicence;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.Generator;
import dev.limner.generator.network.torchscript.TorchScriptArchitecture;
import dev.limner.generator.render.ProbeImages;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.render.Renderer;
import dev.limner.launcher.Folders;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.text.JsonReasons;
import dev.limner.protocol.text.TextException;
import dev.limner.protocol.text.TextFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a bundle of a generator that was exported from PyTorch, and has it generate its probes. */
@Command(
        name = "import",
        description = {
            "Make a bundle of a generator exported from PyTorch (TorchScript).",
            "Runs the program, which can do whatever you can: import only what you trust. A worker runs it only if"
                    + " limner.worker.models.programs has the digest that this prints."
        },
        mixinStandardHelpOptions = true)
final class ImportModelCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    /** Where the keys of the file will be in a manifest. */
    private static final Pattern IN_MANIFEST = Pattern.compile("^(architecture\\.spec(\\.|: )|inputs\\.)");

    private static final int CALLS = 100;
    private static final int BATCH = 8;

    @Parameters(paramLabel = "FILE", description = "The exported program, as torch.jit.save writes it.")
    @SuppressWarnings("NullAway.Init")
    Path program;

    @Option(
            names = "--spec",
            paramLabel = "FILE",
            required = true,
            description = "JSON: what the arguments of forward are, and what it returns.")
    @SuppressWarnings("NullAway.Init")
    Path specFile;

    @Option(
            names = "--name",
            required = true,
            paramLabel = "NAME",
            description = "Name of the model, as jobs ask for it.")
    @SuppressWarnings("NullAway.Init")
    String name;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder of the bundle; new, or empty.")
    @SuppressWarnings("NullAway.Init")
    Path out;

    @Option(
            names = "--text-encoder",
            paramLabel = "ID",
            description = "Encoder of the captions, for a generator that reads sentences: all-minilm-l6-v2-q or"
                    + " bge-small-zh-v1.5-q.")
    @Nullable
    String textEncoder;

    @Option(
            names = "--licence",
            paramLabel = "SPDX",
            description = "Licence of the data it was trained on, as in CC-BY-4.0; recorded in the bundle.")
    @Nullable
    String licence;

    @Option(names = "--attribution", paramLabel = "TEXT", description = "Who made that data.")
    @Nullable
    String attribution;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() {
        if (!Files.isRegularFile(program)) {
            throw new UsageException(program + " is no file");
        }
        if (!Files.isReadable(program)) {
            throw new UsageException(program + " cannot be read: no permission");
        }
        if (Files.exists(out) && !isEmptyFolder()) {
            throw new UsageException("--out is " + out + ", which is there already and is no empty folder");
        }
        ModelBundle.Description description = description();
        Manifest manifest = write(description);
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.println("bundle   " + out + "  " + manifest.digest());
        terminal.println(
                "probes   " + out.resolve("probes.png") + "  images to look at, of several labels and controls");
        terminal.println("program  " + manifest.weights().sha256());
        terminal.println("serve it with: limner up --model " + out + " --set limner.worker.models.programs="
                + manifest.weights().sha256());
        terminal.flush();
        return 0;
    }

    /** Where nothing is seen of it until it has generated its probes; one that cannot leaves nothing. */
    private Manifest write(ModelBundle.Description description) {
        Path target = target();
        Path apart = apart(target);
        Path making = apart.resolve("bundle");
        Thread ending = new Thread(() -> Folders.delete(apart), "limner-import");
        Runtime.getRuntime().addShutdownHook(ending);
        try {
            ModelBundle.write(making, description, program, null);
            Device device = Device.cpu();
            Manifest manifest;
            try (Renderer renderer = Renderer.loadAllowed(ModelBundle.read(making), device)) {
                tryOut(renderer);
                manifest = ModelBundle.write(
                        making, description, program, ProbeImages.generate(renderer, ExecutionProfile.of(device)));
            }
            Files.deleteIfExists(target);
            Files.move(making, target);
            return manifest;
        } catch (IOException e) {
            throw new UsageException("the bundle cannot be put into " + out + ": " + e, e);
        } catch (UncheckedIOException e) {
            throw new UsageException("the bundle cannot be written to " + out + ": " + e.getCause(), e);
        } catch (BundleException | IllegalArgumentException | IllegalStateException | EngineException e) {
            throw new UsageException(program + " cannot be imported: " + reason(e), e);
        } finally {
            Folders.delete(apart);
            removeHook(ending);
        }
    }

    /** What a link leads to is filled, and the link stays. */
    private Path target() {
        try {
            return Files.exists(out) ? out.toRealPath() : out.toAbsolutePath().normalize();
        } catch (IOException e) {
            throw new UsageException("--out is " + out + ", which cannot be read: " + e, e);
        }
    }

    /** A folder of this import alone, beside the one that the bundle is to be in: others may be importing too. */
    private Path apart(Path target) {
        Path parent = Objects.requireNonNullElse(target.getParent(), target);
        try {
            Files.createDirectories(parent);
            return Files.createTempDirectory(parent, "." + target.getFileName() + "-");
        } catch (IOException e) {
            throw new UsageException("the bundle cannot be written to " + out + ": " + e, e);
        }
    }

    private static void removeHook(Thread ending) {
        try {
            boolean unused = Runtime.getRuntime().removeShutdownHook(ending);
        } catch (IllegalStateException e) {
            // The process is ending: the hook is running.
        }
    }

    /** The engine's messages hold a trace of the program: what went wrong is in their last line. */
    private static String reason(RuntimeException failure) {
        return String.valueOf(failure.getMessage())
                .lines()
                .filter(line -> !line.isBlank())
                .reduce((before, last) -> last)
                .orElseGet(failure::toString);
    }

    /** The hundredth call has to make what the first did; how long the others took is said. */
    private void tryOut(Renderer renderer) {
        List<RenderRequest> requests = ProbeImages.requests(renderer.generator().inputs(), BATCH);
        List<Pixels> first = renderer.render(requests, BATCH);
        double[] millis = new double[CALLS - 1];
        for (int call = 0; call < millis.length; call++) {
            long start = System.nanoTime();
            List<Pixels> again = renderer.render(requests, BATCH);
            millis[call] = (System.nanoTime() - start) / 1e6;
            for (int i = 0; i < BATCH; i++) {
                if (!same(again.get(i), first.get(i))) {
                    throw new IllegalStateException("its image " + i + " is another one at call " + (call + 2)
                            + " than at call 1; a layer in training mode, or random numbers of its own?");
                }
            }
        }
        requireIndependent(renderer, requests, first);
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "tried    %d calls, %d images each: the same bytes, %.2f ms a call (median), %.2f ms (99th percentile)%n",
                        CALLS,
                        BATCH,
                        new Median().evaluate(millis),
                        new Percentile(99).evaluate(millis));
    }

    /** A worker asks this of every batch size that it uses, and refuses a program of which it is not true. */
    private static void requireIndependent(Renderer renderer, List<RenderRequest> requests, List<Pixels> first) {
        List<Pixels> reversed = renderer.render(requests.reversed(), BATCH).reversed();
        List<Pixels> alone = renderer.render(requests.subList(0, 1), BATCH);
        for (int i = 0; i < BATCH; i++) {
            if (!same(reversed.get(i), first.get(i)) || (i == 0 && !same(alone.get(i), first.get(i)))) {
                throw new IllegalStateException("its image " + i + " depends on its place in the batch, or on the"
                        + " others; a batch normalisation in training mode?");
            }
        }
    }

    private static boolean same(Pixels image, Pixels other) {
        return Arrays.equals(image.rgb(), other.rgb());
    }

    private ModelBundle.Description description() {
        Generator generator;
        try {
            Manifest.requireName(name);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--name: " + e.getMessage(), e);
        }
        JsonNode written = spec();
        try {
            generator = new TorchScriptArchitecture().generator(written);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    specFile + ": "
                            + IN_MANIFEST
                                    .matcher(String.valueOf(e.getMessage()))
                                    .replaceFirst(""),
                    e);
        }
        boolean reads = generator.inputs().readsCaption();
        if (reads != (textEncoder != null)) {
            throw new UsageException(
                    reads
                            ? "--text-encoder is missing: the generator reads sentences"
                            : "--text-encoder is " + textEncoder + ", and the generator reads no sentence");
        }
        if (textEncoder != null) {
            requireFitting(generator, textEncoder);
        }
        return new ModelBundle.Description(name, generator, textEncoder, null, null, data(), null);
    }

    private List<DataLicence> data() {
        if (licence == null && attribution == null) {
            return List.of();
        }
        try {
            return List.of(new DataLicence(name, licence == null ? DataLicence.UNKNOWN : licence, attribution));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--" + e.getMessage(), e);
        }
    }

    private static void requireFitting(Generator generator, String id) {
        PretrainedEncoder encoder;
        try {
            encoder = PretrainedEncoder.of(id);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--text-encoder: " + e.getMessage(), e);
        }
        if (encoder.dimensions() != generator.inputs().sentence()) {
            throw new UsageException("--text-encoder " + id + " makes " + encoder.dimensions()
                    + " numbers, the generator reads " + generator.inputs().sentence());
        }
    }

    private JsonNode spec() {
        try {
            return JSON.readTree(TextFile.whole(specFile));
        } catch (JsonProcessingException e) {
            throw new UsageException(specFile + " is no JSON: " + JsonReasons.of(e), e);
        } catch (TextException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new UsageException(specFile + " cannot be read: " + e, e);
        }
    }

    private boolean isEmptyFolder() {
        if (!Files.isDirectory(out)) {
            return false;
        }
        try (var entries = Files.list(out)) {
            return entries.findAny().isEmpty();
        } catch (IOException e) {
            throw new UsageException("--out is " + out + ", which cannot be read: " + e, e);
        }
    }
}
