package dev.limner.training.tensor;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A TorchScript program of this program's own text: for what libtorch can do and DJL has no function for, such as
 * differentiating a gradient. An archive of about a kilobyte is made in memory and loaded by the engine. The text runs as
 * code, so it is a constant or made of constants, and never a user's. Owns native memory; one thread.
 */
public final class TorchProgram implements AutoCloseable {
    /** What the text calls itself: the type of {@code self}. */
    public static final String TYPE = "__torch__.Program";

    private static final String HEAD =
            "class Program(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n";

    /** A pickled instance of that class, whose only attribute is {@code training = True}. */
    private static final String INSTANCE = "\u0080\u0002c__torch__\nProgram\n)\u0081}(X\b\0\0\0training\u0088ub.";

    /** A pickled empty tuple. */
    private static final String NO_CONSTANTS = "\u0080\u0002).";

    private static final String VERSION = "10\n";

    private final Model model;

    private TorchProgram(Model model) {
        this.model = model;
    }

    /**
     * Loads a program.
     *
     * @param methods text of its methods in the form of saved archives, indented by two spaces; one is {@code forward}, of
     *     tensors to a tensor
     * @throws IllegalArgumentException with the engine's reason if the text is none
     */
    public static TorchProgram load(String methods, Device device) {
        Model model = Model.newInstance("program", device, "PyTorch");
        try {
            model.load(new ByteArrayInputStream(archive(methods)));
            return new TorchProgram(model);
        } catch (IOException | MalformedModelException | RuntimeException e) {
            model.close();
            throw new IllegalArgumentException("the program cannot be loaded: " + e.getMessage(), e);
        }
    }

    private static byte[] archive(String methods) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "data.pkl", INSTANCE.getBytes(StandardCharsets.ISO_8859_1));
            put(zip, "code/__torch__.py", (HEAD + methods).getBytes(StandardCharsets.UTF_8));
            put(zip, "constants.pkl", NO_CONSTANTS.getBytes(StandardCharsets.ISO_8859_1));
            put(zip, "version", VERSION.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("a program cannot be archived in memory", e);
        }
        return bytes.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry("program/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /**
     * Runs it. Gradients are recorded as with any operation.
     *
     * <p>The program runs as it is written: the engine's profiler would compile it anew after the first call, and round
     * differently from then on, so that a training that resumes would not repeat one that did not stop.
     *
     * @return owned by the manager of the first argument
     */
    public NDArray run(NDArray... arguments) {
        // A name with a dot would be taken for a key of a dictionary.
        @Nullable
        String[] names = Arrays.stream(arguments).map(NDArray::getName).toArray(String[]::new);
        Arrays.stream(arguments).forEach(argument -> argument.setName(null));
        JniUtils.setGraphExecutorOptimize(false);
        try {
            ParameterStore none = new ParameterStore(model.getNDManager(), false);
            return model.getBlock().forward(none, new NDList(arguments), true).singletonOrThrow();
        } finally {
            JniUtils.setGraphExecutorOptimize(true);
            for (int i = 0; i < arguments.length; i++) {
                arguments[i].setName(names[i]);
            }
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
