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
import dev.limner.training.augment.Augmentation;
import dev.limner.training.augment.EmbeddingNoise;
import dev.limner.training.augment.Translation;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.Split;
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
import java.util.stream.IntStream;

/**
 * Trains judges on the training split: the classifier by cross-entropy, the dual encoder by the symmetric contrastive loss
 * of CLIP (Radford et al. 2021), both with small shifts of the images. Everything follows from the seed.
 */
public final class ExtractorTraining {
    /** Training images without which there is nothing to learn from. */
    public static final int FEWEST = 20;

    private static final int BATCH = 64;
    private static final int LEAST_STEPS = 2500;
    private static final int MOST_STEPS = 5000;
    private static final int EPOCHS = 60;
    private static final float TEMPERATURE = 0.07f;
    private static final double TEXT_NOISE = 0.1;
    private static final double LEAST_DEVIATION = 1e-3;

    private final List<CaptionedImage> images;
    private final List<List<float[]>> embeddings;
    private final ExtractorDescription description;
    private final ImageClasses classes;
    private final int[] classOf;
    private final Augmentation augmenter = new Translation(0.06);

    private ExtractorTraining(DataSet data, String language, TextEncoder encoder, long seed) {
        this.images = data.images(Split.TRAIN, language);
        if (images.size() < FEWEST) {
            throw new DataException("the data set " + data.name() + " has " + images.size()
                    + " training images with captions in '" + language + "', judges need at least " + FEWEST);
        }
        this.embeddings = images.parallelStream()
                .map(image -> image.trainingCaptions(language).stream()
                        .map(caption -> encoder.encode(caption).embedding())
                        .toList())
                .toList();
        List<float[]> plainest = embeddings.stream().map(mine -> mine.get(0)).toList();
        this.classes = ImageClasses.of(images, plainest, seed);
        this.classOf = IntStream.range(0, images.size())
                .map(i -> classes.of(images.get(i), plainest.get(i)))
                .toArray();
        this.description = new ExtractorDescription(
                ExtractorDescription.VERSION,
                data.name(),
                data.digest(),
                language,
                encoder.id(),
                data.side(),
                encoder.dimensions(),
                classes.labels(),
                classes.count(),
                seed);
    }

    /**
     * Trains judges and writes them to a folder.
     *
     * @param encoder the language's encoder; give one that caches, captions are encoded once per image
     * @param percent told how much is done, from 0 to 100
     * @throws DataException if there are too few training images
     */
    public static void run(
            DataSet data,
            String language,
            TextEncoder encoder,
            long seed,
            Device device,
            Path folder,
            IntConsumer percent) {
        ExtractorTraining training = new ExtractorTraining(data, language, encoder, seed);
        int steps = Math.clamp((long) training.images.size() * EPOCHS / BATCH, LEAST_STEPS, MOST_STEPS);
        training.train(device, folder, steps, percent);
    }

    /** The same with a number of steps of the caller's. */
    static void run(
            DataSet data,
            String language,
            TextEncoder encoder,
            long seed,
            Device device,
            Path folder,
            int steps,
            IntConsumer percent) {
        new ExtractorTraining(data, language, encoder, seed).train(device, folder, steps, percent);
    }

    private void train(Device device, Path folder, int steps, IntConsumer percent) {
        ExtractorNetworks networks =
                new ExtractorNetworks(description.side(), description.text(), description.classes());
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
            weights.arrays().forEach((name, array) -> {
                try (NDArray plain = array.stopGradient()) {
                    tensors.put(
                            name,
                            FeatureExtractors.tensor(
                                    plain.toFloatArray(), array.getShape().getShape()));
                }
            });
            standardise(tensors, networks, weights, manager);
            if (description.labels().isEmpty()) {
                NDArray flat = manager.create(classes.centroids());
                tensors.put(
                        "centroids",
                        FeatureExtractors.tensor(
                                flat.toFloatArray(), flat.getShape().getShape()));
            }
            FeatureExtractors.write(folder, description, tensors);
        }
    }

    private void step(NDManager temporary, ExtractorNetworks networks, Weights weights, int step) {
        SplittableRandom random = StepRandom.of(description.seed(), step, StepRandom.Use.BATCH);
        List<Pixels> pictures = new ArrayList<>();
        List<float[]> sentences = new ArrayList<>();
        float[] oneHot = new float[BATCH * description.classes()];
        for (int i = 0; i < BATCH; i++) {
            int number = random.nextInt(images.size());
            pictures.add(images.get(number).pixels());
            List<float[]> mine = embeddings.get(number);
            sentences.add(EmbeddingNoise.of(mine.get(random.nextInt(mine.size())), TEXT_NOISE, random.nextLong()));
            oneHot[i * description.classes() + classOf[number]] = 1;
        }
        NDArray seen = augmenter.apply(ImageBatch.images(temporary, pictures), random);
        NDArray said = ImageBatch.sentences(temporary, sentences);
        NDArray target = temporary.create(oneHot, new Shape(BATCH, description.classes()));
        NDArray own = temporary.eye(BATCH);
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray logits =
                    ExtractorNetworks.logits(weights, networks.features(weights, ExtractorNetworks.CLASSIFIER, seen));
            NDArray similarity = Layers.scale(
                    networks.imageVectors(weights, seen)
                            .matMul(ExtractorNetworks.textVectors(weights, said).transpose()),
                    1 / TEMPERATURE);
            NDArray loss = crossEntropy(logits, target)
                    .add(crossEntropy(similarity, own))
                    .add(crossEntropy(similarity.transpose(), own));
            collector.backward(loss);
        }
    }

    private static NDArray crossEntropy(NDArray logits, NDArray target) {
        return Layers.scale(logits.logSoftmax(1).mul(target).sum(), -1.0 / BATCH);
    }

    /** Features are compared in units of their spread over the training split. */
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
                        weights.frozen(temporary), ExtractorNetworks.CLASSIFIER, ImageBatch.images(temporary, some));
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
