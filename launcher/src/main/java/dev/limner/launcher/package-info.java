/** The services of a fleet as local processes: what they need, where they lie, who has their folders and ports. */
@NullMarked
package dev.limner.launcher;

import org.jspecify.annotations.NullMarked;
