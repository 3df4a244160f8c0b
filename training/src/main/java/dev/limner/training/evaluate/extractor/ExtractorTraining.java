package dev.limner.training.evaluate.extractor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.Weights;
import dev.limner.protocol.Digests;
import dev.limner.training.augment.EmbeddingNoise;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataException;
import dev.limner.training.optimizer.Adam;
import dev.limner.training.optimizer.CosineSchedule;
import dev.limner.training.optimizer.Optimizer;
import dev.limner.training.optimizer.Schedule;
import dev.limner.training.tensor.StepRandom;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Trains judges: the classifier by cross-entropy, the dual encoder by the symmetric contrastive loss of CLIP (Radford et
 * al. 2021), both on images as another hand might have made them ({@link StyleJitter}). A batch holds no subject twice,
 * whatever the number of its images. Judges of several languages are trained together: they share everything that looks
 * at images, so that figures of images alone compare between languages. Everything follows from the seed.
 */
public final class ExtractorTraining {
    /** Images without which there is nothing to learn from. */
    public static final int FEWEST = 20;

    private static final int BATCH = 64;
    private static final int LEAST_STEPS = 2000;
    private static final int MOST_STEPS = 5000;
    private static final int EPOCHS = 25;
    private static final float TEMPERATURE = 0.07f;
    private static final double TEXT_NOISE = 0.1;
    private static final double DROPPED = 0.2;
    private static final double LEAST_DEVIATION = 1e-3;
    private static final int HALF_OF_DROPPED = 0x8000;
    private static final int KEPT_BITS = 0xFFFF0000;

    private final ExtractorMaterial material;
    private final List<CaptionedImage> images;
    private final List<int[]> subjects;
    private final List<Reader> readers;
    private final long seed;
    private final StyleJitter jitter = new StyleJitter(1);

    /**
     * Judges of one language.
     *
     * @param language of the captions
     * @param encoder the language's; give one that caches, captions are encoded once per image
     * @param folder where they go
     */
    public record Target(String language, TextEncoder encoder, Path folder) {}

    /**
     * What is a language's own: captions, and the classes that follow from them.
     *
     * @param target whose
     * @param embeddings of each image's captions, the plainest first
     * @param classes of the images
     * @param classOf each image's
     * @param description of the judges
     */
    private record Reader(
            Target target,
            List<List<float[]>> embeddings,
            ImageClasses classes,
            int[] classOf,
            ExtractorDescription description) {

        ExtractorNetworks networks() {
            return new ExtractorNetworks(
                    description.version(), description.side(), description.text(), description.classes());
        }

        /** An array's name among those of all languages. */
        String key(String name) {
            return name.startsWith("text.") || name.startsWith("classes.") ? target.language() + ":" + name : name;
        }

        /** This language's arrays among all. */
        Weights of(Weights all) {
            Map<String, NDArray> mine = new LinkedHashMap<>();
            networks().shapes().keySet().forEach(name -> mine.put(name, all.get(key(name))));
            return new Weights(mine);
        }
    }

    private ExtractorTraining(ExtractorMaterial material, List<Target> targets, long seed) {
        this.material = material;
        this.seed = seed;
        this.images = material.learned();
        if (images.size() < FEWEST / 2) {
            throw new DataException(material.name() + " has " + images.size() + " images with captions in "
                    + material.languages() + " to train judges on, they need at least " + FEWEST / 2);
        }
        this.subjects = IntStream.range(0, images.size())
                .boxed()
                .collect(Collectors.groupingBy(i -> images.get(i).subject(), LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(numbers -> numbers.stream().mapToInt(Integer::intValue).toArray())
                .toList();
        ExtractorReading unknown = new ExtractorReading(0, 0, 0);
        ExtractorOrigin origin = origin(unknown, unknown);
        this.readers = targets.stream().map(target -> reader(target, origin)).toList();
    }

    private Reader reader(Target target, ExtractorOrigin origin) {
        TextEncoder encoder = target.encoder();
        List<List<float[]>> embeddings = images.parallelStream()
                .map(image -> image.captionsIn(target.language()).stream()
                        .map(caption -> encoder.encode(caption).embedding())
                        .toList())
                .toList();
        List<float[]> plainest = embeddings.stream().map(mine -> mine.get(0)).toList();
        ImageClasses classes = material.kind() == ExtractorOrigin.Kind.ELSEWHERE
                ? ImageClasses.clusters(plainest, seed)
                : ImageClasses.of(images, plainest, seed);
        return new Reader(
                target,
                embeddings,
                classes,
                IntStream.range(0, images.size())
                        .map(i -> classes.of(images.get(i), plainest.get(i)))
                        .toArray(),
                new ExtractorDescription(
                        ExtractorDescription.VERSION,
                        material.name(),
                        material.digest(),
                        target.language(),
                        encoder.id(),
                        images.get(0).pixels().width(),
                        encoder.dimensions(),
                        classes.labels(),
                        classes.count(),
                        seed,
                        origin));
    }

    private ExtractorOrigin origin(ExtractorReading learned, ExtractorReading heldOut) {
        return new ExtractorOrigin(
                material.kind(),
                material.sources(),
                subjects.size(),
                images.size(),
                Digests.sha256(seen().write()),
                learned,
                heldOut);
    }

    private SeenImages seen() {
        return SeenImages.of(images);
    }

    /**
     * Trains judges and writes them to their folders.
     *
     * @param targets for each language of the material one
     * @param percent told how much is done, from 0 to 100
     * @throws DataException if there are too few training images
     */
    public static void run(
            ExtractorMaterial material, List<Target> targets, long seed, Device device, IntConsumer percent) {
        ExtractorTraining training = new ExtractorTraining(material, targets, seed);
        int steps = Math.clamp((long) training.images.size() * EPOCHS / BATCH, LEAST_STEPS, MOST_STEPS);
        training.train(device, steps, percent);
    }

    /** The same with a number of steps of the caller's. */
    static void run(
            ExtractorMaterial material,
            List<Target> targets,
            long seed,
            Device device,
            int steps,
            IntConsumer percent) {
        new ExtractorTraining(material, targets, seed).train(device, steps, percent);
    }

    private void train(Device device, int steps, IntConsumer percent) {
        ConvolutionSupport.on(device).require(readers.get(0).networks().convolutions(BATCH), true);
        Map<String, Shape> shapes = new LinkedHashMap<>();
        readers.forEach(
                reader -> reader.networks().shapes().forEach((name, shape) -> shapes.put(reader.key(name), shape)));
        try (NDManager manager = NDManager.newBaseManager(device, "PyTorch")) {
            Weights weights = ExtractorNetworks.initialise(manager, shapes, seed);
            weights.arrays().values().forEach(array -> array.setRequiresGradient(true));
            Schedule schedule = new CosineSchedule(1e-3, 1e-5, steps);
            Optimizer adam = new Optimizer(manager, new Adam(0.9, 0.999), weights);
            for (int step = 0; step < steps; step++) {
                try (NDManager temporary = manager.newSubManager()) {
                    step(temporary, weights, step);
                    adam.step(temporary, step + 1L, schedule.rateAt(step));
                }
                percent.accept(100 * (step + 1) / steps);
            }
            Map<String, NDArray> rounded = new LinkedHashMap<>();
            weights.arrays().forEach((name, array) -> {
                try (NDArray plain = array.stopGradient()) {
                    rounded.put(name, manager.create(rounded(plain.toFloatArray()), array.getShape()));
                }
            });
            Weights kept = new Weights(rounded);
            readers.forEach(reader -> write(reader, reader.of(kept), manager));
        }
    }

    private void write(Reader reader, Weights weights, NDManager manager) {
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        weights.arrays().forEach((name, array) -> tensors.put(name, tensor(array)));
        standardise(tensors, reader.networks(), weights, manager);
        if (reader.classes().labels().isEmpty()) {
            tensors.put("centroids", tensor(manager.create(reader.classes().centroids())));
        }
        FeatureExtractors.write(
                reader.target().folder(), measured(reader, tensors, manager.getDevice()), tensors, seen());
    }

    private static Safetensors.Tensor tensor(NDArray array) {
        return FeatureExtractors.tensor(array.toFloatArray(), array.getShape().getShape());
    }

    /** To the precision of bfloat16, which no figure can tell from the whole, so that the file packs to half its size. */
    private static float[] rounded(float[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = Float.intBitsToFloat((Float.floatToRawIntBits(values[i]) + HALF_OF_DROPPED) & KEPT_BITS);
        }
        return rounded;
    }

    /** The description with what they turned out to know of what they learned from, and of what they did not. */
    private ExtractorDescription measured(Reader reader, Map<String, Safetensors.Tensor> tensors, Device device) {
        TextEncoder encoder = reader.target().encoder();
        try (FeatureExtractors made = new FeatureExtractors(reader.description(), tensors, seen(), "", device)) {
            return reader.description()
                    .with(origin(
                            ExtractorReading.of(made, images, encoder),
                            ExtractorReading.of(made, material.heldOut(), encoder)));
        }
    }

    /** Numbers of the batch's images, each of another subject where there are enough. */
    private int[] batch(SplittableRandom random) {
        int[] chosen = new int[BATCH];
        int[] order = IntStream.range(0, subjects.size()).toArray();
        for (int i = 0; i < BATCH; i++) {
            int from = i % order.length;
            int other = from + random.nextInt(order.length - from);
            int subject = order[other];
            order[other] = order[from];
            order[from] = subject;
            int[] mine = subjects.get(subject);
            chosen[i] = mine[random.nextInt(mine.length)];
        }
        return chosen;
    }

    private void step(NDManager temporary, Weights weights, int step) {
        SplittableRandom random = StepRandom.of(seed, step, StepRandom.Use.BATCH);
        SplittableRandom disturbing = StepRandom.of(seed, step, StepRandom.Use.AUGMENTATION);
        int[] numbers = batch(random);
        List<Pixels> pixels = IntStream.of(numbers)
                .mapToObj(number -> images.get(number).pixels())
                .toList();
        ExtractorNetworks networks = readers.get(0).networks();
        Shape shape = new Shape(BATCH, 3, networks.side(), networks.side());
        NDArray seen = temporary.create(jitter.apply(pixels, disturbing), shape);
        NDArray kept = temporary.create(kept(networks.flat(), disturbing), new Shape(BATCH, networks.flat()));
        List<NDArray> sentences = new ArrayList<>();
        List<NDArray> targets = new ArrayList<>();
        for (Reader reader : readers) {
            sentences.add(sentences(temporary, reader, numbers, random));
            targets.add(oneHot(temporary, reader, numbers));
        }
        NDArray own = temporary.eye(BATCH);
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray hidden = networks.trunk(weights, seen).mul(kept);
            NDArray features = ExtractorNetworks.end(weights, ExtractorNetworks.CLASSIFIER, hidden);
            NDArray where =
                    ExtractorNetworks.normalised(ExtractorNetworks.end(weights, ExtractorNetworks.IMAGE_TOWER, hidden));
            NDArray loss = temporary.create(0f);
            for (int i = 0; i < readers.size(); i++) {
                Weights mine = readers.get(i).of(weights);
                NDArray similarity = Layers.scale(
                        where.matMul(ExtractorNetworks.textVectors(mine, sentences.get(i))
                                .transpose()),
                        1 / TEMPERATURE);
                loss = loss.add(crossEntropy(ExtractorNetworks.logits(mine, features), targets.get(i)))
                        .add(crossEntropy(similarity, own))
                        .add(crossEntropy(similarity.transpose(), own));
            }
            collector.backward(loss);
        }
    }

    /** A caption for each image of the batch, a little disturbed. */
    private static NDArray sentences(NDManager manager, Reader reader, int[] numbers, SplittableRandom random) {
        List<float[]> sentences = new ArrayList<>();
        for (int number : numbers) {
            List<float[]> mine = reader.embeddings().get(number);
            sentences.add(EmbeddingNoise.of(mine.get(random.nextInt(mine.size())), TEXT_NOISE, random.nextLong()));
        }
        return ImageBatch.sentences(manager, sentences);
    }

    private static NDArray oneHot(NDManager manager, Reader reader, int[] numbers) {
        int classes = reader.description().classes();
        float[] values = new float[numbers.length * classes];
        for (int i = 0; i < numbers.length; i++) {
            values[i * classes + reader.classOf()[numbers[i]]] = 1;
        }
        return manager.create(values, new Shape(numbers.length, classes));
    }

    /** Dropout: 0, or what keeps the sum as it was. */
    private static float[] kept(int length, SplittableRandom random) {
        float[] kept = new float[BATCH * length];
        float more = (float) (1 / (1 - DROPPED));
        for (int i = 0; i < kept.length; i++) {
            kept[i] = random.nextDouble() < DROPPED ? 0 : more;
        }
        return kept;
    }

    private static NDArray crossEntropy(NDArray logits, NDArray target) {
        return Layers.scale(logits.logSoftmax(1).mul(target).sum(), -1.0 / BATCH);
    }

    /** Features are compared in units of their spread over the images that were learned from. */
    private void standardise(
            Map<String, Safetensors.Tensor> tensors, ExtractorNetworks networks, Weights weights, NDManager manager) {
        int length = ExtractorNetworks.FEATURES;
        double[] sum = new double[length];
        double[] squares = new double[length];
        for (int from = 0; from < images.size(); from += BATCH) {
            try (NDManager temporary = manager.newSubManager()) {
                List<Pixels> some = images.subList(from, Math.min(from + BATCH, images.size())).stream()
                        .map(CaptionedImage::pixels)
                        .toList();
                NDArray features =
                        networks.features(weights, ExtractorNetworks.CLASSIFIER, ImageBatch.images(temporary, some));
                for (float[] row : ImageBatch.rows(features.toType(DataType.FLOAT32, false))) {
                    for (int i = 0; i < length; i++) {
                        sum[i] += row[i];
                        squares[i] += (double) row[i] * row[i];
                    }
                }
            }
        }
        float[] mean = new float[length];
        float[] deviation = new float[length];
        for (int i = 0; i < length; i++) {
            double average = sum[i] / images.size();
            mean[i] = (float) average;
            deviation[i] = (float) Math.sqrt(
                    Math.max(squares[i] / images.size() - average * average, LEAST_DEVIATION * LEAST_DEVIATION));
        }
        tensors.put("features.mean", FeatureExtractors.tensor(mean, length));
        tensors.put("features.deviation", FeatureExtractors.tensor(deviation, length));
    }
}
