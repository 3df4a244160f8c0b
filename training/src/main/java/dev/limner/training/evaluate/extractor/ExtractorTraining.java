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
import java.util.Collection;
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
 * whatever the number of its images. Everything follows from the seed.
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
    private final List<List<float[]>> embeddings;
    private final List<int[]> subjects;
    private final TextEncoder encoder;
    private final ExtractorDescription description;
    private final ImageClasses classes;
    private final int[] classOf;
    private final StyleJitter jitter = new StyleJitter(1);

    private ExtractorTraining(ExtractorMaterial material, TextEncoder encoder, long seed) {
        String language = material.language();
        this.material = material;
        this.encoder = encoder;
        this.images = material.learned();
        if (images.size() < FEWEST / 2) {
            throw new DataException(material.name() + " has " + images.size() + " images with captions in '" + language
                    + "' to train judges on, they need at least " + FEWEST / 2);
        }
        this.embeddings = images.parallelStream()
                .map(image -> image.captionsIn(language).stream()
                        .map(caption -> encoder.encode(caption).embedding())
                        .toList())
                .toList();
        List<float[]> plainest = embeddings.stream().map(mine -> mine.get(0)).toList();
        this.classes = material.kind() == ExtractorOrigin.Kind.ELSEWHERE
                ? ImageClasses.clusters(plainest, seed)
                : ImageClasses.of(images, plainest, seed);
        this.classOf = IntStream.range(0, images.size())
                .map(i -> classes.of(images.get(i), plainest.get(i)))
                .toArray();
        this.subjects = IntStream.range(0, images.size())
                .boxed()
                .collect(Collectors.groupingBy(
                        i -> images.get(i).subject(), LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(ExtractorTraining::numbers)
                .toList();
        this.description = new ExtractorDescription(
                ExtractorDescription.VERSION,
                material.name(),
                material.digest(),
                language,
                encoder.id(),
                images.get(0).pixels().width(),
                encoder.dimensions(),
                classes.labels(),
                classes.count(),
                seed,
                origin(new ExtractorReading(0, 0, 0), new ExtractorReading(0, 0, 0)));
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

    private static int[] numbers(Collection<Integer> boxed) {
        return boxed.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Trains judges and writes them to a folder.
     *
     * @param encoder the language's encoder; give one that caches, captions are encoded once per image
     * @param percent told how much is done, from 0 to 100
     * @throws DataException if there are too few training images
     */
    public static void run(
            ExtractorMaterial material,
            TextEncoder encoder,
            long seed,
            Device device,
            Path folder,
            IntConsumer percent) {
        ExtractorTraining training = new ExtractorTraining(material, encoder, seed);
        int steps = Math.clamp((long) training.images.size() * EPOCHS / BATCH, LEAST_STEPS, MOST_STEPS);
        training.train(device, folder, steps, percent);
    }

    /** The same with a number of steps of the caller's. */
    static void run(
            ExtractorMaterial material,
            TextEncoder encoder,
            long seed,
            Device device,
            Path folder,
            int steps,
            IntConsumer percent) {
        new ExtractorTraining(material, encoder, seed).train(device, folder, steps, percent);
    }

    private void train(Device device, Path folder, int steps, IntConsumer percent) {
        ExtractorNetworks networks = new ExtractorNetworks(
                description.version(), description.side(), description.text(), description.classes());
        ConvolutionSupport.on(device).require(networks.convolutions(BATCH), true);
        try (NDManager manager = NDManager.newBaseManager(device, "PyTorch")) {
            Weights weights = ExtractorNetworks.initialise(manager, networks.shapes(), description.seed());
            weights.arrays().values().forEach(array -> array.setRequiresGradient(true));
            Schedule schedule = new CosineSchedule(1e-3, 1e-5, steps);
            Optimizer adam = new Optimizer(manager, new Adam(0.9, 0.999), weights);
            for (int step = 0; step < steps; step++) {
                try (NDManager temporary = manager.newSubManager()) {
                    step(temporary, networks, weights, step);
                    adam.step(temporary, step + 1L, schedule.rateAt(step));
                }
                percent.accept(100 * (step + 1) / steps);
            }
            Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
            Map<String, NDArray> rounded = new LinkedHashMap<>();
            weights.arrays().forEach((name, array) -> {
                try (NDArray plain = array.stopGradient()) {
                    float[] values = rounded(plain.toFloatArray());
                    rounded.put(name, manager.create(values, array.getShape()));
                    tensors.put(
                            name,
                            FeatureExtractors.tensor(values, array.getShape().getShape()));
                }
            });
            standardise(tensors, networks, new Weights(rounded), manager);
            if (description.labels().isEmpty()) {
                NDArray flat = manager.create(classes.centroids());
                tensors.put(
                        "centroids",
                        FeatureExtractors.tensor(
                                flat.toFloatArray(), flat.getShape().getShape()));
            }
            FeatureExtractors.write(folder, measured(tensors, device), tensors, seen());
        }
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
    private ExtractorDescription measured(Map<String, Safetensors.Tensor> tensors, Device device) {
        try (FeatureExtractors made = new FeatureExtractors(description, tensors, seen(), "", device)) {
            return description.with(origin(
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

    private void step(NDManager temporary, ExtractorNetworks networks, Weights weights, int step) {
        SplittableRandom random = StepRandom.of(description.seed(), step, StepRandom.Use.BATCH);
        List<Pixels> pictures = new ArrayList<>();
        List<float[]> sentences = new ArrayList<>();
        float[] oneHot = new float[BATCH * description.classes()];
        int[] numbers = batch(random);
        for (int i = 0; i < BATCH; i++) {
            int number = numbers[i];
            pictures.add(images.get(number).pixels());
            List<float[]> mine = embeddings.get(number);
            sentences.add(EmbeddingNoise.of(mine.get(random.nextInt(mine.size())), TEXT_NOISE, random.nextLong()));
            oneHot[i * description.classes() + classOf[number]] = 1;
        }
        SplittableRandom disturbing = StepRandom.of(description.seed(), step, StepRandom.Use.AUGMENTATION);
        int side = description.side();
        NDArray seen = temporary.create(jitter.apply(pictures, disturbing), new Shape(BATCH, 3, side, side));
        NDArray kept = temporary.create(kept(networks.flat(), disturbing), new Shape(BATCH, networks.flat()));
        NDArray said = ImageBatch.sentences(temporary, sentences);
        NDArray target = temporary.create(oneHot, new Shape(BATCH, description.classes()));
        NDArray own = temporary.eye(BATCH);
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray hidden = networks.trunk(weights, seen).mul(kept);
            NDArray logits = ExtractorNetworks.logits(
                    weights, ExtractorNetworks.end(weights, ExtractorNetworks.CLASSIFIER, hidden));
            NDArray where = ExtractorNetworks.normalised(
                    ExtractorNetworks.end(weights, ExtractorNetworks.IMAGE_TOWER, hidden));
            NDArray similarity = Layers.scale(
                    where.matMul(ExtractorNetworks.textVectors(weights, said).transpose()), 1 / TEMPERATURE);
            NDArray loss = crossEntropy(logits, target)
                    .add(crossEntropy(similarity, own))
                    .add(crossEntropy(similarity.transpose(), own));
            collector.backward(loss);
        }
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
                NDArray features = networks.features(
                        weights, ExtractorNetworks.CLASSIFIER, ImageBatch.images(temporary, some));
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
