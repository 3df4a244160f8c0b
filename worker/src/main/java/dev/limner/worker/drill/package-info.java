/**
 * Faults on order, for trying a fleet: what only the inside of a worker can break. Nothing of it runs unless {@code
 * limner.worker.drill.folder} is set.
 */
@NullMarked
package dev.limner.worker.drill;

import org.jspecify.annotations.NullMarked;
