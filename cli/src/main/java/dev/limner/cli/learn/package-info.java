/** Data sets, training and evaluation from the command line. */
@NullMarked
package dev.limner.cli.learn;

import org.jspecify.annotations.NullMarked;
