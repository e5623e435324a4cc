"""Kernels that say nothing on the planner's screen: what matters comes back in the notebook."""

from __future__ import annotations

import subprocess
from typing import Any

from jupyter_client.manager import AsyncKernelManager


class QuietKernelManager(AsyncKernelManager):
    """Start kernels whose own log (ports, interruptions) goes nowhere.

    Outputs and errors of the cells travel on Jupyter's channels and are not touched.
    """

    async def _async_start_kernel(self, **options: Any) -> None:
        await super()._async_start_kernel(**{"stderr": subprocess.DEVNULL, **options})

    start_kernel = _async_start_kernel
