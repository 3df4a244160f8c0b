package dev.limner.generator.arithmetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import dev.limner.generator.network.film.FilmSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConvolutionSupportTest {
    private static final Processor PROCESSOR = new Processor("AuthenticAMD", 26, "AMD EPYC 9R45", "avx512");
    private static final List<ConvolutionShape> SHAPES = FilmSpec.defaultSpec().convolutions(16);

    @Test
    void shouldComputeAsItIsWhereEveryShapeComesOutRight() {
        ConvolutionSupport support = support(RawConvolution.LIBRARY, ConvolutionPadding.AUTO);

        support.require(SHAPES, true);

        assertThat(support.pads()).isFalse();
    }

    @Test
    void shouldPadWhereTheLibraryDropsInputChannels() {
        ConvolutionSupport support = support(droppingInputs(), ConvolutionPadding.AUTO);

        support.require(SHAPES, false);

        assertThat(support.pads()).isTrue();
        assertThat(support.settle()).isTrue();
    }

    @Test
    void shouldPadWhereOnlyTheGradientIsWrong() {
        ConvolutionSupport support = support(droppingInGradients(), ConvolutionPadding.AUTO);
        support.require(SHAPES, false);
        assertThat(support.pads()).isFalse();

        support.require(SHAPES, true);

        assertThat(support.pads()).isTrue();
    }

    @Test
    void shouldPadWhereAValueIsNotANumber() {
        ConvolutionSupport support = support(
                (input, kernel, bias, border) -> {
                    NDArray right = RawConvolution.LIBRARY.apply(input, kernel, bias, border);
                    return isMultiple(input, kernel)
                            ? right
                            : right.add(input.getManager().create(Float.NaN));
                },
                ConvolutionPadding.AUTO);

        support.require(List.of(), false);

        assertThat(support.pads()).isTrue();
    }

    @Test
    void shouldNeverHandOverAShapeThatWasFoundWrong() {
        List<Long> handedOver = new ArrayList<>();
        RawConvolution dropping = droppingInputs();
        ConvolutionSupport support = support(
                (input, kernel, bias, border) -> {
                    handedOver.add(kernel.getShape().get(0));
                    handedOver.add(kernel.getShape().get(1));
                    return dropping.apply(input, kernel, bias, border);
                },
                ConvolutionPadding.AUTO);
        support.require(List.of(), false);
        handedOver.clear();

        new ConvolutionTrial(support::apply, Device.cpu()).run(ConvolutionShape.keeping(3, 5, 33, 3, 7), true);

        assertThat(handedOver).containsExactly(48L, 16L);
    }

    @Test
    void shouldRefuseAProcessorThatIsWrongEvenPaddedInOneSentence() {
        ConvolutionSupport support = support(
                (input, kernel, bias, border) -> RawConvolution.LIBRARY
                        .apply(input, kernel, bias, border)
                        .add(1),
                ConvolutionPadding.AUTO);

        assertThatThrownBy(() -> support.require(SHAPES, false))
                .isInstanceOf(UnsupportedArithmeticException.class)
                .hasMessage("libtorch 2.7.1 computes convolutions wrong on this machine, AuthenticAMD family 26"
                        + " (AMD EPYC 9R45), even with channels padded to multiples of 16: of 20 -> 16, 3x3, 16x16"
                        + " pixels, batch 4 the output is off by 1.00; set ONEDNN_MAX_CPU_ISA=SSE41 in the"
                        + " environment, which is slower but right");
    }

    @Test
    void shouldRefuseWherePaddingWouldHelpButIsForbidden() {
        ConvolutionSupport support = support(droppingInputs(), ConvolutionPadding.NEVER);

        assertThatThrownBy(() -> support.require(SHAPES, false))
                .isInstanceOf(UnsupportedArithmeticException.class)
                .hasMessageContaining("set LIMNER_CONVOLUTION_PADDING=always");
    }

    @Test
    void shouldNotChangeWhatAProfileHasNamed() {
        ConvolutionSupport support = support(droppingInGradients(), ConvolutionPadding.AUTO);
        support.require(SHAPES, false);
        assertThat(support.settle()).isFalse();

        assertThatThrownBy(() -> support.require(SHAPES, true)).isInstanceOf(UnsupportedArithmeticException.class);
        assertThat(support.pads()).isFalse();
    }

    @Test
    void shouldPadWithoutBeingAskedWhereTheFaultIsKnownOrPaddingIsSet() {
        assertThat(support(RawConvolution.LIBRARY, ConvolutionPadding.ALWAYS).pads())
                .isTrue();
        assertThat(known(ConvolutionPadding.AUTO).pads()).isTrue();
        assertThat(known(ConvolutionPadding.NEVER).pads()).isFalse();
    }

    @Test
    void shouldKnowTheFaultByProcessorLibraryAndKernels() {
        KernelSettings all = new KernelSettings("all", "all");
        assertThat(KnownFault.of(PROCESSOR, "2.7.1", all)).isTrue();
        assertThat(KnownFault.of(PROCESSOR, "2.12.9", all)).isTrue();
        assertThat(KnownFault.of(PROCESSOR, "2.7.1", new KernelSettings("avx2", "all")))
                .isTrue();
        assertThat(KnownFault.of(PROCESSOR, "unheard of", all)).isTrue();
        assertThat(KnownFault.of(PROCESSOR, "2.13.0", all)).isFalse();
        assertThat(KnownFault.of(PROCESSOR, "3.0", all)).isFalse();
        assertThat(KnownFault.of(PROCESSOR, "2.7.1", new KernelSettings("sse41", "all")))
                .isFalse();
        assertThat(KnownFault.of(new Processor("AuthenticAMD", 25, "", "avx512"), "2.7.1", all))
                .isFalse();
        assertThat(KnownFault.of(new Processor("GenuineIntel", 26, "", "avx512"), "2.7.1", all))
                .isFalse();
    }

    @Test
    void shouldReadTheSettingAndNameABadOne() {
        assertThat(ConvolutionPadding.of(ConvolutionPadding.KEY, "auto")).isEqualTo(ConvolutionPadding.AUTO);
        assertThat(ConvolutionPadding.of(ConvolutionPadding.KEY, " Always ")).isEqualTo(ConvolutionPadding.ALWAYS);
        assertThat(ConvolutionPadding.of(ConvolutionPadding.KEY, "NEVER")).isEqualTo(ConvolutionPadding.NEVER);
        assertThatThrownBy(() -> ConvolutionPadding.of(ConvolutionPadding.KEY, "16"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limner.convolution.padding is '16', must be auto, always, never");
    }

    /** What was seen on the processor: input channels beyond the last multiple of 16 do not count. */
    static RawConvolution droppingInputs() {
        return (input, kernel, bias, border) -> {
            long in = kernel.getShape().get(1);
            long counted = in / 16 * 16;
            if (counted == in) {
                return RawConvolution.LIBRARY.apply(input, kernel, bias, border);
            }
            float[] mask = new float[(int) in];
            for (int i = 0; i < counted; i++) {
                mask[i] = 1;
            }
            NDArray seen = input.mul(input.getManager().create(mask).reshape(1, in, 1, 1));
            return RawConvolution.LIBRARY.apply(seen, kernel, bias, border);
        };
    }

    /** Right forward; in the gradients the last output channel does not count unless there are multiples of 16. */
    private static RawConvolution droppingInGradients() {
        return (input, kernel, bias, border) -> {
            NDArray right = RawConvolution.LIBRARY.apply(input, kernel, bias, border);
            long out = kernel.getShape().get(0);
            if (isMultiple(input, kernel)) {
                return right;
            }
            NDArray last = right.get(":, {}:", out - 1).stopGradient();
            return out == 1 ? last : right.get(":, 0:{}", out - 1).concat(last, 1);
        };
    }

    private static boolean isMultiple(NDArray input, NDArray kernel) {
        return input.getShape().get(1) % 16 == 0 && kernel.getShape().get(0) % 16 == 0;
    }

    private static ConvolutionSupport support(RawConvolution raw, ConvolutionPadding setting) {
        return new ConvolutionSupport(Device.cpu(), raw, "libtorch 2.7.1", PROCESSOR, setting, false);
    }

    private static ConvolutionSupport known(ConvolutionPadding setting) {
        return new ConvolutionSupport(Device.cpu(), RawConvolution.LIBRARY, "libtorch 2.7.1", PROCESSOR, setting, true);
    }
}
