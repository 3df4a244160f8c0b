/** The faults, each with the proof that it took effect. */
@NullMarked
package dev.limner.testkit.chaos.fault;

import org.jspecify.annotations.NullMarked;
