# The next step of a pod, by its label, annotation, owner and phase. An unknown label value gives none: the pod stays
# Pending, where a typing error is seen.
(.metadata.labels["testcluster/behaviour"] // "run") as $label
| (.metadata.annotations["testcluster/ready-after"] != null) as $delayed
| any(.metadata.ownerReferences[]?; .kind == "Job") as $job
| any(.status.conditions[]?; .type == "Ready" and .status == "True") as $ready
| any(.status.containerStatuses[]?; .state.waiting != null) as $waiting
| (if $label == "fail" and (($job or .spec.restartPolicy == "Never") | not) then "crash-loop"
   elif $label == "run" and $delayed and ($job | not) then "slow"
   else $label end) as $kind
| if .metadata.deletionTimestamp != null then empty
  elif .status.phase == "Pending" then
    if $kind == "run" or $kind == "fail" then "start"
    elif $kind == "slow" or $kind == "never-ready" then "start-unready"
    elif $kind == "crash-loop" then "crash"
    elif $kind == "image-pull-error" and ($waiting | not) then "lack-image"
    else empty end
  elif .status.phase == "Running" then
    if $kind == "fail" then "fail"
    elif $kind == "run" and $job then "complete"
    elif ($kind == "run" or $kind == "slow") and ($ready | not) then "become-ready"
    else empty end
  else empty end
