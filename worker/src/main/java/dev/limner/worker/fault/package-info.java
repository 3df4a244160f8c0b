/** Where faults can be put into a worker. It has none of its own. */
@NullMarked
package dev.limner.worker.fault;

import org.jspecify.annotations.NullMarked;
