/** The faults, each with the proof that it took effect. */
@NullMarked
package dev.limner.cli.chaos.fault;

import org.jspecify.annotations.NullMarked;
