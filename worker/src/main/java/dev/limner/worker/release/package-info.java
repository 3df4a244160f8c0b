/** Model announcements: fetched, verified, loaded, probed, swapped in or refused. */
@NullMarked
package dev.limner.worker.release;

import org.jspecify.annotations.NullMarked;
