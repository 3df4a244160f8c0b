package dev.limner.training.evaluate.extractor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.Split;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExtractorMaterialTest {
    private static final int SIDE = 16;

    @Test
    void shouldHoldOutTheSameSubjectsOfEveryStyleWhateverTheirSplit() {
        DataSet one = data("one", SIDE, 0);
        DataSet other = data("other", SIDE, 100);

        ExtractorMaterial both = ExtractorMaterial.elsewhere(List.of(one, other), List.of("en"));

        Set<String> held = subjects(both.heldOut());
        assertThat(both.kind()).isEqualTo(ExtractorOrigin.Kind.ELSEWHERE);
        assertThat(held).hasSizeBetween(10, 30).doesNotContainAnyElementsOf(subjects(both.learned()));
        assertThat(both.heldOut()).hasSize(2 * held.size());
        assertThat(both.learned()).hasSize(400 - both.heldOut().size());
        assertThat(subjects(ExtractorMaterial.elsewhere(List.of(other), List.of("en")).heldOut()))
                .isEqualTo(held);
        assertThat(both.learned()).anyMatch(image -> one.splitOf(image) == Split.TEST);
        assertThat(both.digest()).isNotEqualTo(one.digest());
    }

    @Test
    void shouldNotMixSizes() {
        List<DataSet> sets = List.of(data("one", SIDE, 0), data("large", 2 * SIDE, 0));

        assertThatThrownBy(() -> ExtractorMaterial.elsewhere(sets, List.of("en")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("one 16, large 32");
    }

    @Test
    void shouldTakeHalfOfTheTrainingSubjectsAndNeverWhatIsMeasuredBy() {
        DataSet data = data("mine", SIDE, 0);

        ExtractorMaterial half = ExtractorMaterial.within(data, List.of("en"));

        int training = data.images(Split.TRAIN, "en").size();
        assertThat(half.kind()).isEqualTo(ExtractorOrigin.Kind.HALF);
        assertThat(half.learned()).hasSize(Math.ceilDiv(training, 2));
        assertThat(half.heldOut()).hasSize(training / 2);
        assertThat(half.learned()).allMatch(image -> data.splitOf(image) == Split.TRAIN);
        assertThat(subjects(half.learned())).doesNotContainAnyElementsOf(subjects(half.heldOut()));
    }

    private static Set<String> subjects(List<CaptionedImage> images) {
        return images.stream().map(CaptionedImage::subject).collect(Collectors.toSet());
    }

    private static DataSet data(String name, int side, int shade) {
        return new DataSet(
                name,
                name + "0".repeat(64 - name.length()),
                side,
                20,
                IntStream.range(0, 200)
                        .mapToObj(i -> {
                            byte[] rgb = new byte[3 * side * side];
                            rgb[0] = (byte) i;
                            rgb[1] = (byte) shade;
                            return new CaptionedImage(
                                    "k" + i, new Pixels(side, side, rgb), Map.of("en", List.of("number " + i)));
                        })
                        .toList());
    }
}
