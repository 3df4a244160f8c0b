package dev.limner.training.evaluate.extractor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.DataSource;
import dev.limner.training.data.ImageAttributes;
import dev.limner.training.data.Split;
import java.util.HashSet;
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
        assertThat(subjects(ExtractorMaterial.elsewhere(List.of(other), List.of("en"))
                        .heldOut()))
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

    @Test
    void shouldTakeTheValidationImagesWhereThereAreEnough() {
        DataSet data = ofSubjects(6000);

        ExtractorMaterial validation = ExtractorMaterial.within(data, List.of("en"));

        int images = data.images(Split.VALIDATION, "en").size();
        assertThat(images).isGreaterThan(ExtractorMaterial.ENOUGH);
        assertThat(validation.kind()).isEqualTo(ExtractorOrigin.Kind.VALIDATION);
        assertThat(validation.learned())
                .hasSize(images - images / 10)
                .allMatch(image -> data.splitOf(image) == Split.VALIDATION);
        assertThat(ExtractorMaterial.within(ofSubjects(2000), List.of("en")).kind())
                .isEqualTo(ExtractorOrigin.Kind.HALF);
    }

    /** As the splits of format 2 are hashes of the subject, too. */
    @Test
    void shouldHoldOutOtherSubjectsThanTheTestSplitDoes() {
        DataSet data = ofSubjects(2000);
        Set<String> test = subjects(data.images(Split.TEST, "en"));

        Set<String> held = subjects(
                ExtractorMaterial.elsewhere(List.of(data), List.of("en")).heldOut());

        held.retainAll(test);
        assertThat((double) held.size() / test.size()).isBetween(0.04, 0.18);
    }

    @Test
    void shouldNameWhoseImagesTheyAre() {
        DataSource artist = DataSource.of("artist", "An artist", "MIT", "An artist");
        DataSet plain = data("plain", SIDE, 0);
        DataSet named = new DataSet(
                "named",
                plain.digest(),
                SIDE,
                plain.settings().withSources(List.of(artist)),
                data("named", SIDE, 1).images().stream()
                        .map(image -> image.with(ImageAttributes.NONE.withSource("artist")))
                        .toList());

        List<ExtractorOrigin.Share> shares = ExtractorMaterial.elsewhere(List.of(plain, named), List.of("en"))
                .sources();

        assertThat(shares)
                .extracting(ExtractorOrigin.Share::source)
                .containsExactly(DataSource.unstated("plain"), artist);
        assertThat(shares).extracting(ExtractorOrigin.Share::images).allMatch(images -> images > 150);
    }

    private static DataSet ofSubjects(int count) {
        return new DataSet(
                "subjects",
                "0".repeat(64),
                SIDE,
                DataSettings.of(SIDE, 10, 10),
                IntStream.range(0, count)
                        .mapToObj(i -> new CaptionedImage(
                                "k" + i,
                                new Pixels(SIDE, SIDE, new byte[3 * SIDE * SIDE]),
                                Map.of("en", List.of("number " + i))))
                        .toList());
    }

    private static Set<String> subjects(List<CaptionedImage> images) {
        return images.stream().map(CaptionedImage::subject).collect(Collectors.toCollection(HashSet::new));
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
