package dev.limner.generator.arithmetic;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How convolutions are computed on a device of this process: as they are, or with both channel counts padded to multiples
 * of 16. One decision a device: made by what is known of the processor, by the self-test of {@link #require}, or by
 * {@link ConvolutionPadding}. Safe from any thread; {@link #require} with gradients not while another gradient is being
 * recorded in this JVM.
 */
public final class ConvolutionSupport {
    private static final Map<Device, ConvolutionSupport> DEVICES = new ConcurrentHashMap<>();

    private final Device device;
    private final RawConvolution plain;
    private final RawConvolution padded;
    private final String library;
    private final Processor processor;
    private final ConvolutionPadding setting;
    private final Set<ConvolutionShape> generatedWith = new LinkedHashSet<>();
    private final Set<ConvolutionShape> learnedWith = new LinkedHashSet<>();
    private volatile boolean pads;
    private boolean settled;

    /**
     * One of its own, for tests.
     *
     * @param raw what computes
     * @param library that does it, for people
     * @param faulty whether it is known to need padding
     */
    ConvolutionSupport(
            Device device,
            RawConvolution raw,
            String library,
            Processor processor,
            ConvolutionPadding setting,
            boolean faulty) {
        this.device = device;
        this.plain = raw;
        this.padded = new PaddedConvolution(raw);
        this.library = library;
        this.processor = processor;
        this.setting = setting;
        this.pads = switch (setting) {
            case AUTO -> faulty;
            case ALWAYS -> true;
            case NEVER -> false;
        };
    }

    /** The device's; loads libtorch. */
    public static ConvolutionSupport on(Device device) {
        // Asked for with every convolution: computeIfAbsent would lock.
        ConvolutionSupport found = DEVICES.get(device);
        return found != null ? found : DEVICES.computeIfAbsent(device, ConvolutionSupport::ofLibrary);
    }

    private static ConvolutionSupport ofLibrary(Device device) {
        String version = Engine.getEngine("PyTorch").getVersion();
        Processor processor = Processor.here();
        return new ConvolutionSupport(
                device,
                RawConvolution.LIBRARY,
                "libtorch " + version,
                processor,
                ConvolutionPadding.here(),
                !device.isGpu() && KnownFault.of(processor, version, KernelSettings.here()));
    }

    /**
     * Computes a convolution with stride 1.
     *
     * @param border zeros on each side of the image
     * @return owned by the manager of {@code input}
     */
    public NDArray apply(NDArray input, NDArray kernel, @Nullable NDArray bias, long border) {
        return (pads ? padded : plain).apply(input, kernel, bias, border);
    }

    /** Whether channels are padded, now. */
    public boolean pads() {
        return pads;
    }

    /** Whether channels are padded, from now on for good: what is written down about this process stays true. */
    public synchronized boolean settle() {
        settled = true;
        return pads;
    }

    /**
     * The self-test: every shape that was not found right before is run on this device and held against plain loops,
     * and so are a few awkward ones. A shape that comes out wrong has all channels padded from then on, which is tested
     * in turn; where padding is forbidden, was ruled out by {@link #settle} or does not help, nothing may be computed
     * here.
     *
     * @param gradients whether the gradients are needed too
     * @throws UnsupportedArithmeticException if a shape comes out wrong and padding does not help
     */
    public synchronized void require(Collection<ConvolutionShape> shapes, boolean gradients) {
        Set<ConvolutionShape> open = new LinkedHashSet<>(ConvolutionShape.AWKWARD);
        open.addAll(shapes);
        open.removeAll(learnedWith);
        if (!gradients) {
            open.removeAll(generatedWith);
        }
        Optional<ConvolutionTrial.Finding> wrong = wrong(open, gradients);
        Set<ConvolutionShape> learned = new LinkedHashSet<>();
        if (wrong.isPresent() && mayPad()) {
            pads = true;
            // What was right as it was is asked again as it is now.
            learned.addAll(learnedWith);
            open.addAll(generatedWith);
            generatedWith.clear();
            learnedWith.clear();
            wrong = wrong(learned, true).or(() -> wrong(open, gradients));
        }
        if (wrong.isPresent()) {
            throw new UnsupportedArithmeticException(refusal(wrong.get()));
        }
        learnedWith.addAll(learned);
        (gradients ? learnedWith : generatedWith).addAll(open);
    }

    private boolean mayPad() {
        return !pads && !settled && setting == ConvolutionPadding.AUTO;
    }

    private Optional<ConvolutionTrial.Finding> wrong(Collection<ConvolutionShape> shapes, boolean gradients) {
        ConvolutionTrial trial = new ConvolutionTrial(pads ? padded : plain, device);
        return shapes.stream()
                .map(shape -> trial.run(shape, gradients))
                .flatMap(List::stream)
                .filter(ConvolutionTrial.Finding::wrong)
                .findFirst();
    }

    private String refusal(ConvolutionTrial.Finding wrong) {
        return String.format(
                Locale.ROOT,
                "%s computes convolutions wrong on this machine, %s%s: of %s the %s is off by %.3g; %s",
                library,
                device.isGpu() ? device + " beside " + processor : processor,
                pads ? ", even with channels padded to multiples of 16" : "",
                wrong.shape(),
                wrong.pass().text(),
                wrong.off(),
                wayOut());
    }

    private String wayOut() {
        if (!pads) {
            return "set " + ConvolutionPadding.VARIABLE + "=always and start again";
        }
        return device.isGpu()
                ? "use the device cpu"
                : "set ONEDNN_MAX_CPU_ISA=SSE41 in the environment, which is slower but right";
    }

    /**
     * Runs something with channels padded or not, whatever was decided: for comparisons, where nothing else computes on the
     * device.
     */
    public void with(boolean padding, Runnable work) {
        boolean before = pads;
        pads = padding;
        try {
            work.run();
        } finally {
            pads = before;
        }
    }
}
