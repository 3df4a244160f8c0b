package dev.limner.generator.condition;

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
 * A BERT-like sentence encoder on DJL's ONNX Runtime engine, L2-normalised.
 *
 * <p>The quantised models scale their activations over the whole input tensor, so a batch mate or padding would change
 * every number of an embedding. Hence one unpadded caption a call, and several sessions side by side for speed.
 */
final class OnnxTextEncoder implements TextEncoder {
    /** The unknown word piece in the vocabularies of both encoders. */
    private static final long UNKNOWN = 100;

    private static final int MARKERS = 2;

    private final PretrainedEncoder kind;
    private final HuggingFaceTokenizer tokenizer;
    private final ZooModel<NDList, NDList> model;
    private final BlockingQueue<Predictor<NDList, NDList>> sessions;

    private OnnxTextEncoder(
            PretrainedEncoder kind, HuggingFaceTokenizer tokenizer, ZooModel<NDList, NDList> model, int parallelism) {
        this.kind = kind;
        this.tokenizer = tokenizer;
        this.model = model;
        this.sessions = new ArrayBlockingQueue<>(parallelism);
        for (int i = 0; i < parallelism; i++) {
            sessions.add(model.newPredictor());
        }
    }

    static OnnxTextEncoder load(PretrainedEncoder kind, Path cache, int parallelism) {
        try {
            Path folder = Files.createDirectories(cache.resolve(kind.id()));
            copyOnce("/" + kind.id() + ".onnx", folder.resolve("model.onnx"));
            copyOnce("/" + kind.id() + "-tokenizer.json", folder.resolve("tokenizer.json"));
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(
                    folder.resolve("tokenizer.json"),
                    Map.of("padding", "false", "truncation", "true", "maxLength", String.valueOf(kind.window())));
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
            return new OnnxTextEncoder(kind, tokenizer, model, parallelism);
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
        try (InputStream in = OnnxTextEncoder.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no resource " + resource + " on the class path");
            }
            Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public String id() {
        return kind.id();
    }

    @Override
    public int dimensions() {
        return kind.dimensions();
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

    private float[] pool(float[] tokens, int count) {
        int length = kind.dimensions();
        int pooled = switch (kind.pooling()) {
            case MEAN -> count;
            case FIRST -> 1;
        };
        float[] sentence = new float[length];
        for (int token = 0; token < pooled; token++) {
            for (int i = 0; i < length; i++) {
                sentence[i] += tokens[token * length + i];
            }
        }
        double squares = 0;
        for (float value : sentence) {
            squares += (double) value * value;
        }
        float scale = (float) (1 / Math.sqrt(Math.max(squares, 1e-24)));
        for (int i = 0; i < length; i++) {
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
