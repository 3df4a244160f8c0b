package dev.limner.testkit.bench;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.TorchThreads;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.render.Renderer;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner bench model}: the limit that {@code limner bench pipeline} is measured against. */
@Command(
        name = "model",
        description = {
            "Measure images per second of text encoder and generator alone, in a tight loop on the CPU: no Kafka, no image files,"
                    + " no store. Distinct captions, the shipped model."
        },
        mixinStandardHelpOptions = true)
final class ModelCommand implements Callable<Integer> {
    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "32",
            description = "Images at once. Default: ${DEFAULT-VALUE}")
    int batch;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "libtorch's threads inside one operation. Default: ${DEFAULT-VALUE}")
    int threads;

    @Option(
            names = "--loops",
            paramLabel = "N",
            defaultValue = "1",
            description = "Loops side by side, each on a thread of its own. Default: ${DEFAULT-VALUE}")
    int loops;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            defaultValue = "4",
            description = "Seconds before the clock starts. Default: ${DEFAULT-VALUE}")
    int warmUp;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "How long. Default: ${DEFAULT-VALUE}")
    int seconds;

    @Option(names = "--json", description = "End with one JSON object.")
    boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    private final AtomicLong captions = new AtomicLong();
    private final AtomicLong generated = new AtomicLong();
    private volatile boolean stop;

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        atLeastOne("--batch", batch);
        atLeastOne("--threads", threads);
        atLeastOne("--loops", loops);
        atLeastOne("--seconds", seconds);
        ProjectLayout home = ProjectLayout.find();
        TorchThreads.set(threads);
        BenchJobs jobs = BenchJobs.of(home);
        double rate;
        try (TextEncoder encoder = PretrainedEncoder.MINI_LM.load(home.cache(), loops);
                Renderer renderer = Renderer.load(ModelBundle.read(home.defaultModel()), Device.cpu());
                ExecutorService pool = Executors.newFixedThreadPool(loops)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < loops; i++) {
                running.add(pool.submit(() -> loop(jobs, encoder, renderer)));
            }
            Thread.sleep(1000L * warmUp);
            long before = generated.get();
            long start = System.nanoTime();
            Thread.sleep(1000L * seconds);
            rate = (generated.get() - before) / ((System.nanoTime() - start) / 1e9);
            stop = true;
            for (Future<?> loop : running) {
                loop.get();
            }
        }
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.printf(
                Locale.ROOT, "%d loop(s) of %d thread(s), batches of %d: %.0f images/s%n", loops, threads, batch, rate);
        if (json) {
            terminal.println(new ObjectMapper()
                    .createObjectNode()
                    .put("loops", loops)
                    .put("threads", threads)
                    .put("batch", batch)
                    .put("imagesPerSecond", Math.round(rate * 10) / 10.0));
        }
        terminal.flush();
        return 0;
    }

    private static void atLeastOne(String option, int value) {
        if (value < 1) {
            throw new UsageException(option + " is " + value + ", must be at least 1");
        }
    }

    private void loop(BenchJobs jobs, TextEncoder encoder, Renderer renderer) {
        while (!stop) {
            List<RenderRequest> requests = new ArrayList<>(batch);
            for (int i = 0; i < batch; i++) {
                long place = captions.getAndIncrement();
                requests.add(
                        new RenderRequest(encoder.encode(jobs.distinct(place)).embedding(), place, 0, 1));
            }
            generated.addAndGet(renderer.render(requests, batch).size());
        }
    }
}
