package dev.limner.generator.arithmetic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessorTest {
    @Test
    void shouldReadTheFirstProcessor() {
        Processor processor = Processor.parse("""
                processor\t: 0
                vendor_id\t: AuthenticAMD
                cpu family\t: 26
                model\t\t: 2
                model name\t: AMD EPYC 9R45
                flags\t\t: fpu avx avx2 avx512f

                processor\t: 1
                vendor_id\t: GenuineIntel
                cpu family\t: 6
                """);

        assertThat(processor).isEqualTo(new Processor("AuthenticAMD", 26, "AMD EPYC 9R45", "avx512"));
        assertThat(processor).hasToString("AuthenticAMD family 26 (AMD EPYC 9R45)");
        assertThat(processor.code()).isEqualTo("authenticamd26");
    }

    @Test
    void shouldTellInstructionsByWholeWords() {
        assertThat(Processor.parse("flags : avx2 amx_tile avx512f").instructions())
                .isEqualTo("amx");
        assertThat(Processor.parse("flags : avx512fp16 avx2").instructions()).isEqualTo("avx2");
        assertThat(Processor.parse("flags : sse4_1 avx").instructions()).isEqualTo("base");
    }

    @Test
    void shouldMakeDoWithWhatOtherProcessorsSay() {
        Processor arm = Processor.parse("processor : 0\nCPU implementer : 0x41\nCPU part : 0xd0c\n");

        assertThat(arm).isEqualTo(new Processor("unknown", -1, "unknown", "base"));
        assertThat(arm.code()).isEqualTo("unknown");
        assertThat(Processor.parse("cpu family : 99999999999").family()).isEqualTo(-1);
    }

    @Test
    void shouldReadWhatTheEnvironmentAllows() {
        assertThat(KernelSettings.of(Map.of()).code()).isEqualTo("all");
        assertThat(KernelSettings.of(Map.of("ONEDNN_MAX_CPU_ISA", "SSE41")))
                .isEqualTo(new KernelSettings("sse41", "all"));
        assertThat(KernelSettings.of(Map.of("ONEDNN_MAX_CPU_ISA", "SSE41")).plain())
                .isTrue();
        assertThat(KernelSettings.of(Map.of("DNNL_MAX_CPU_ISA", "AVX2")).code()).isEqualTo("avx2");
        assertThat(KernelSettings.of(Map.of("ONEDNN_MAX_CPU_ISA", "AVX2", "DNNL_MAX_CPU_ISA", "SSE41"))
                        .plain())
                .isFalse();
        assertThat(KernelSettings.of(Map.of("ATEN_CPU_CAPABILITY", "default")).code())
                .isEqualTo("all.default");
    }
}
