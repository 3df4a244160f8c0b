package dev.limner.generator.arithmetic;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import dev.limner.generator.arithmetic.ConvolutionTrial.Finding;
import dev.limner.generator.arithmetic.ConvolutionTrial.Pass;
import dev.limner.generator.network.film.FilmSpec;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConvolutionTrialTest {
    private static final List<Integer> CHANNELS = List.of(1, 3, 12, 15, 16, 17, 32, 33);

    @Test
    void shouldFindEveryPassRightPaddedWhateverTheChannels() {
        // Padded the channels are multiples of 16, which is right on every processor that was tried.
        ConvolutionTrial trial = ConvolutionTrial.ofLibrary(true, Device.cpu());
        for (int in : CHANNELS) {
            for (int out : CHANNELS) {
                assertRight(trial, ConvolutionShape.keeping(2, in, out, 3, 6));
            }
            assertRight(trial, ConvolutionShape.keeping(3, in, 20, 1, 5));
            assertRight(trial, new ConvolutionShape(2, in, 24, 4, 4, false));
        }
    }

    @Test
    void shouldFindTheShapesInUseRightAsTheyAreComputedHere() {
        ConvolutionSupport support = ConvolutionSupport.on(Device.cpu());
        List<ConvolutionShape> shapes = FilmSpec.defaultSpec().convolutions(4);
        support.require(shapes, true);
        ConvolutionTrial trial = new ConvolutionTrial(support::apply, Device.cpu());
        shapes.forEach(shape -> assertRight(trial, shape));
    }

    @Test
    void shouldSeeEveryChannelThatIsDropped() {
        for (ConvolutionShape shape : List.of(
                ConvolutionShape.keeping(4, 20, 16, 3, 16),
                ConvolutionShape.keeping(4, 130, 32, 3, 8),
                ConvolutionShape.keeping(1, 17, 1, 1, 4),
                new ConvolutionShape(2, 33, 8, 4, 4, false))) {
            for (int dropped = 0; dropped < shape.in(); dropped++) {
                Finding forward = new ConvolutionTrial(dropping(dropped), Device.cpu())
                        .run(shape, false)
                        .get(0);
                assertThat(forward.wrong()).as("%s without %s", shape, dropped).isTrue();
            }
        }
    }

    @Test
    void shouldSeeAGradientThatMissesAnOutputChannel() {
        ConvolutionShape shape = ConvolutionShape.keeping(4, 32, 12, 3, 16);
        for (int dropped = 0; dropped < shape.out(); dropped++) {
            long channel = dropped;
            List<Finding> findings = new ConvolutionTrial(
                            (input, kernel, bias, border) -> {
                                NDArray right = RawConvolution.LIBRARY.apply(input, kernel, bias, border);
                                float[] mask = mask(12, (int) channel);
                                NDArray kept = right.getManager().create(mask).reshape(1, 12, 1, 1);
                                return right.mul(kept)
                                        .add(right.stopGradient()
                                                .sub(right.mul(kept).stopGradient()));
                            },
                            Device.cpu())
                    .run(shape, true);

            assertThat(findings)
                    .filteredOn(Finding::wrong)
                    .extracting(Finding::pass)
                    .containsExactly(Pass.INPUT_GRADIENT, Pass.KERNEL_GRADIENT, Pass.BIAS_GRADIENT);
        }
    }

    private static void assertRight(ConvolutionTrial trial, ConvolutionShape shape) {
        List<Finding> findings = trial.run(shape, true);
        assertThat(findings).extracting(Finding::pass).containsExactly(Pass.values());
        assertThat(findings).noneMatch(Finding::wrong);
    }

    private static RawConvolution dropping(int channel) {
        return (input, kernel, bias, border) -> {
            int in = (int) kernel.getShape().get(1);
            NDArray kept = input.getManager().create(mask(in, channel)).reshape(1, in, 1, 1);
            return RawConvolution.LIBRARY.apply(input.mul(kept), kernel, bias, border);
        };
    }

    private static float[] mask(int count, int dropped) {
        float[] mask = new float[count];
        Arrays.fill(mask, 1);
        mask[dropped] = 0;
        return mask;
    }
}
