/** What the processes of one machine agree on: who uses a folder, and whose child a process is; how one ends, and where its faults come from. */
@NullMarked
package dev.limner.protocol.process;

import org.jspecify.annotations.NullMarked;
