/** Generators that come as a program exported from PyTorch. */
@NullMarked
package dev.limner.generator.network.torchscript;

import org.jspecify.annotations.NullMarked;
