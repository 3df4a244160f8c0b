package dev.limner.training.evaluate.extractor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.Weights;
import dev.limner.protocol.Digests;
import dev.limner.protocol.RefusalCode;
import dev.limner.protocol.text.JsonReasons;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Frozen networks through which images are compared: a feature extractor (the penultimate layer of a classifier), an
 * untrained one as an independent check, the classifier itself, and a dual encoder of images and captions. What they
 * learned from is in their {@link ExtractorDescription#origin() description}. Owns its native memory; safe from any thread.
 */
public final class FeatureExtractors implements AutoCloseable {
    private static final String DESCRIPTION = "judges.json";
    private static final String WEIGHTS = "judges.safetensors";
    private static final String IMAGES = "judges.images";
    private static final int BATCH = 128;
    /** A batch of images whose gradient passes through, about. */
    private static final int TUNING_BATCH = 32;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ExtractorDescription description;
    private final ImageClasses classes;
    private final ExtractorNetworks networks;
    private final NDManager manager;
    private final Weights weights;
    private final Weights random;
    private final float[] mean;
    private final float[] deviation;
    private final SeenImages seen;
    private final String identity;

    /** @param identity digest of the weights */
    FeatureExtractors(
            ExtractorDescription description,
            Map<String, Safetensors.Tensor> tensors,
            SeenImages seen,
            String identity,
            Device device) {
        this.description = description;
        this.seen = seen;
        this.identity = identity;
        this.networks = new ExtractorNetworks(
                description.version(), description.side(), description.text(), description.classes());
        ConvolutionSupport support = ConvolutionSupport.on(device);
        support.require(networks.convolutions(BATCH), false);
        support.require(networks.convolutions(TUNING_BATCH), true);
        this.manager = NDManager.newBaseManager(device, "PyTorch");
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        networks.shapes()
                .forEach((name, shape) -> arrays.put(name, manager.create(values(tensors, name, shape), shape)));
        this.weights = new Weights(arrays);
        this.random = ExtractorNetworks.initialise(manager, networks.randomShapes(), ~description.seed());
        Shape features = new Shape(ExtractorNetworks.FEATURES);
        this.mean = values(tensors, "features.mean", features);
        this.deviation = values(tensors, "features.deviation", features);
        this.classes = new ImageClasses(
                description.labels(), description.labels().isEmpty() ? centroids(tensors) : new float[0][]);
    }

    private float[][] centroids(Map<String, Safetensors.Tensor> tensors) {
        float[] flat = values(tensors, "centroids", new Shape(description.classes(), description.text()));
        float[][] rows = new float[description.classes()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * description.text(), (i + 1) * description.text());
        }
        return rows;
    }

    private static float[] values(Map<String, Safetensors.Tensor> tensors, String name, Shape shape) {
        Safetensors.Tensor tensor = tensors.get(name);
        if (tensor == null || tensor.values().remaining() != shape.size()) {
            throw new BundleException(
                    RefusalCode.WEIGHTS_INVALID, "the judges' " + name + " is missing or not of shape " + shape);
        }
        return tensor.toArray();
    }

    /**
     * Loads judges. The convolutions they take are tested before, forward and backward.
     *
     * @throws BundleException if there are none in the folder, or they are damaged or of another version
     */
    public static FeatureExtractors read(Path folder, Device device) {
        try {
            ExtractorDescription description =
                    JSON.readValue(folder.resolve(DESCRIPTION).toFile(), ExtractorDescription.class);
            return new FeatureExtractors(
                    description,
                    Safetensors.read(folder.resolve(WEIGHTS)),
                    seen(folder, description),
                    Digests.sha256(Files.readAllBytes(folder.resolve(WEIGHTS))),
                    device);
        } catch (JsonProcessingException e) {
            throw new BundleException(
                    RefusalCode.WEIGHTS_INVALID, folder.resolve(DESCRIPTION) + ": " + JsonReasons.of(e), e);
        } catch (IOException e) {
            throw new BundleException(
                    RefusalCode.WEIGHTS_INVALID, "judges cannot be read from " + folder + ": " + e.getMessage(), e);
        }
    }

    private static SeenImages seen(Path folder, ExtractorDescription description) throws IOException {
        ExtractorOrigin origin = description.origin();
        if (origin == null) {
            return SeenImages.of(List.of());
        }
        byte[] file = Files.readAllBytes(folder.resolve(IMAGES));
        if (!Digests.sha256(file).equals(origin.seen())) {
            throw new BundleException(
                    RefusalCode.WEIGHTS_INVALID,
                    folder.resolve(IMAGES) + " is not the list that " + DESCRIPTION + " names: " + origin.seen());
        }
        return SeenImages.read(file);
    }

    /** Whether a folder holds judges. */
    public static boolean in(Path folder) {
        return Files.exists(folder.resolve(DESCRIPTION));
    }

    /** The folder beside a data set where the judges of a language lie. */
    public static Path beside(Path data, String language) {
        return beside(data, language, ExtractorDescription.VERSION);
    }

    /** The same of the newest that are there; of this build's version if there are none. */
    public static Path newest(Path data, String language) {
        return IntStream.iterate(
                        ExtractorDescription.VERSION,
                        version -> version >= ExtractorDescription.OLDEST,
                        version -> version - 1)
                .mapToObj(version -> beside(data, language, version))
                .filter(FeatureExtractors::in)
                .findFirst()
                .orElse(beside(data, language));
    }

    private static Path beside(Path data, String language, int version) {
        return data.resolve("judges-" + language + "-v" + version);
    }

    /**
     * Why these cannot judge a data set at all; empty if they can.
     *
     * @param encoder id of the text encoder whose embeddings they would be given
     */
    public Optional<String> misfit(DataSet data, String language, String encoder) {
        if (!description.language().equals(language)
                || description.side() != data.side()
                || !description.textEncoder().equals(encoder)) {
            return Optional.of("are for " + description.language() + ", " + description.side() + " pixels, "
                    + description.textEncoder() + ", the data set " + data.name() + " is " + language + ", "
                    + data.side() + " pixels, " + encoder);
        }
        Contamination contamination = Contamination.of(this, data);
        return contamination.isSpoilt()
                ? Optional.of("have seen what " + data.name() + " is measured by: " + contamination.text())
                : Optional.empty();
    }

    /** Writes them, the description last, so that a folder with a description is whole. */
    static void write(
            Path folder, ExtractorDescription description, Map<String, Safetensors.Tensor> tensors, SeenImages seen) {
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(folder.resolve(DESCRIPTION));
            Safetensors.write(folder.resolve(WEIGHTS), tensors);
            Files.write(folder.resolve(IMAGES), seen.write());
            Path temporary = folder.resolve(DESCRIPTION + ".tmp");
            Files.writeString(temporary, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(description) + "\n");
            Files.move(temporary, folder.resolve(DESCRIPTION), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("judges cannot be written to " + folder, e);
        }
    }

    static Safetensors.Tensor tensor(float[] values, long... shape) {
        return new Safetensors.Tensor(Arrays.stream(shape).boxed().toList(), FloatBuffer.wrap(values));
    }

    public ExtractorDescription description() {
        return description;
    }

    /** Digest of the weights: figures and rewards of two identities do not compare. */
    public String identity() {
        return identity;
    }

    /** Whether they learned from this very image, whatever its name was; never of judges that do not say so. */
    public boolean saw(CaptionedImage image) {
        return seen.contains(image.pixels());
    }

    /** The images' features, 64 numbers each, standardised over the images that were learned from. */
    public float[][] features(List<Pixels> images) {
        float[][] rows = over(images, batch -> networks.features(weights, ExtractorNetworks.CLASSIFIER, batch));
        for (float[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (row[i] - mean[i]) / deviation[i];
            }
        }
        return rows;
    }

    /**
     * The same of images on the device; a gradient passes through.
     *
     * @param images (n, 3, side, side) in [-1, 1]
     * @return (n, 64), owned by the manager of {@code images}
     */
    public NDArray features(NDArray images) {
        NDManager owner = images.getManager();
        return networks.features(weights, ExtractorNetworks.CLASSIFIER, images)
                .sub(owner.create(mean))
                .div(owner.create(deviation));
    }

    /** The same from a network that has learned nothing. */
    public float[][] randomFeatures(List<Pixels> images) {
        return over(images, batch -> networks.features(random, ExtractorNetworks.RANDOM, batch));
    }

    /** The class each image looks like. */
    public int[] classify(List<Pixels> images) {
        float[][] logits = over(
                images,
                batch -> ExtractorNetworks.logits(
                        weights, networks.features(weights, ExtractorNetworks.CLASSIFIER, batch)));
        return Arrays.stream(logits)
                .mapToInt(row -> {
                    int best = 0;
                    for (int i = 1; i < row.length; i++) {
                        best = row[i] > row[best] ? i : best;
                    }
                    return best;
                })
                .toArray();
    }

    /**
     * The class an image of the data set should look like.
     *
     * @param embedding of its plainest caption
     */
    public int classOf(CaptionedImage image, float[] embedding) {
        return classes.of(image, embedding);
    }

    /** Where the dual encoder puts images; L2-normalised. */
    public float[][] imageVectors(List<Pixels> images) {
        return over(images, batch -> networks.imageVectors(weights, batch));
    }

    /** Where the dual encoder puts captions, given their sentence embeddings; L2-normalised. */
    public float[][] textVectors(List<float[]> embeddings) {
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < embeddings.size(); from += BATCH) {
            try (NDManager batch = manager.newSubManager()) {
                NDArray sentences = ImageBatch.sentences(
                        batch, embeddings.subList(from, Math.min(from + BATCH, embeddings.size())));
                rows.addAll(Arrays.asList(ImageBatch.rows(ExtractorNetworks.textVectors(weights, sentences))));
            }
        }
        return rows.toArray(float[][]::new);
    }

    private float[][] over(List<Pixels> images, Function<NDArray, NDArray> network) {
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < images.size(); from += BATCH) {
            try (NDManager batch = manager.newSubManager()) {
                List<Pixels> some = images.subList(from, Math.min(from + BATCH, images.size()));
                rows.addAll(Arrays.asList(ImageBatch.rows(network.apply(ImageBatch.images(batch, some)))));
            }
        }
        return rows.toArray(float[][]::new);
    }

    @Override
    public void close() {
        manager.close();
    }
}
