package dev.limner.generator.arithmetic;

/**
 * Thrown when libtorch computes something wrong on this machine and there is no way around it here: nothing may be generated
 * or learned. The message is one sentence that names the processor, the library and the way out.
 */
public final class UnsupportedArithmeticException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    UnsupportedArithmeticException(String message) {
        super(message);
    }
}
