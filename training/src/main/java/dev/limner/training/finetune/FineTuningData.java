package dev.limner.training.finetune;

import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.ImageDecoder;
import dev.limner.training.evaluate.EvaluationPlan;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.feedback.StoredImages;
import dev.limner.training.replay.FeedbackEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What rounds learn from beside the feedback, the same for all of them.
 *
 * @param data the data set that the models were trained on
 * @param language of its captions
 * @param encoder of captions; caches
 * @param extractors of that data set
 * @param plan what the gate generates
 * @param files where examples lie
 */
public record FineTuningData(
        DataSet data,
        String language,
        TextEncoder encoder,
        FeatureExtractors extractors,
        EvaluationPlan plan,
        StoredImages files) {
    /** The images that people showed, with the captions they are of. What cannot be read any more is left out. */
    List<CaptionedImage> examples(List<FeedbackEntry> entries) {
        List<CaptionedImage> examples = new ArrayList<>();
        for (FeedbackEntry entry : entries) {
            String uri = entry.feedback().example();
            Optional<Pixels> pixels = uri == null ? Optional.empty() : decoded(uri);
            String caption = Objects.requireNonNullElse(
                    entry.feedback().caption(), entry.image().caption());
            pixels.ifPresent(image ->
                    examples.add(new CaptionedImage(entry.feedback().id(), image, Map.of(language, List.of(caption)))));
        }
        return examples;
    }

    private Optional<Pixels> decoded(String uri) {
        return files.example(uri).flatMap(bytes -> {
            try {
                return Optional.of(ImageDecoder.decode(bytes, data.side()));
            } catch (IOException e) {
                return Optional.empty();
            }
        });
    }
}
