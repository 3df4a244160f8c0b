/** What faults are done to: brokers, proxies, workers, disks, and the load that runs meanwhile. */
@NullMarked
package dev.limner.cli.chaos.arena;

import org.jspecify.annotations.NullMarked;
