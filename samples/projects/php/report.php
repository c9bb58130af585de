<?php
echo "report for March\n";
$invoice = null;
foreach ($lines as $line) echo $line;
echo $invoice->total();
